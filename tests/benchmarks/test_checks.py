"""The checks notice what is wrong."""

from typing import Any

import pytest

from benchmarks import graphs as g
from benchmarks.adapters.by_hand import Adapter, api, page
from benchmarks.case import WrongResultError
from benchmarks.scenarios import calls, declarative, scopes
from benchmarks.timing import once


def handled(*, is_closed: bool = True, in_order: bool = True, shared: bool = True) -> g.Handler:
    """Return what a request leaves that went wrong in a way that is named."""
    connection = g.Connection()
    transaction = g.Transaction(connection)
    if is_closed:
        connection.is_open = False
        transaction.was_connected = in_order
    other = transaction if shared else g.Transaction(connection)
    return g.Handler(g.Orders(transaction), g.Users(other))


def with_other_settings() -> g.Api:
    made = api()
    made.service.mailer.settings = g.Settings()
    return made


def with_two_identities() -> g.Page:
    made = page()
    made.checkout.basket.identity = g.Identity()
    return made


KEPT = (api(), page(), g.Leaf(), handled(), g.Pair(g.Leaf(), g.Leaf()))


@pytest.mark.parametrize(
    ("check", "work", "said"),
    [
        (calls.singleton, g.Settings, "the same object each time"),
        (calls.singleton, lambda: KEPT[2], "an object of the class"),
        (calls.transient, lambda: KEPT[2], "a new object each time"),
        (calls.deep, lambda: KEPT[0], "nine new objects each time"),
        (calls.deep, with_other_settings, "one Settings for all"),
        (scopes.plain_request, lambda: KEPT[1], "other objects in another request"),
        (scopes.plain_request, with_two_identities, "one Identity in one request"),
        (scopes.request, lambda: KEPT[3], "other resources in another request"),
        (scopes.request, lambda: handled(is_closed=False), "the transaction closed when the request ends"),
        (scopes.request, lambda: handled(in_order=False), "the transaction closed before its connection"),
        (scopes.request, lambda: handled(shared=False), "one Transaction in one request"),
        (scopes.called, lambda: (g.Connection(), True), "the connection closed after the call"),
        (scopes.called, lambda: (g.Connection(), False), "a connection that is open during the call"),
        (declarative.pair, lambda: KEPT[4], "two new leaves each time"),
    ],
)
def test_wrong_result_is_noticed(check: Any, work: Any, said: str) -> None:
    """What is not as asked for raises, and the text says what it should have been."""
    with pytest.raises(WrongResultError, match=f"^{said}$"):
        check(work)


def test_right_result_passes() -> None:
    """Code by hand passes each check that it is the yardstick of."""
    adapter = Adapter()

    for check, case in ((calls.deep, adapter.s3()), (calls.wide, adapter.s4()), (scopes.request, adapter.s5())):
        check(lambda case=case: once(case))  # raises where it does not

    assert once(adapter.s1()) is once(adapter.s1())
