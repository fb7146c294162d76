"""S5n, S5, S6 and S8: a scope that is entered, used and left, with and without something to close."""

from collections.abc import Callable
from typing import Any

from benchmarks import graphs as g
from benchmarks.case import expect
from benchmarks.scenarios.row import Row


def plain_request(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    for page in (first, second):
        expect(type(page) is g.Page, "an object of the class")
        checkout = page.checkout
        expect(
            page.identity is checkout.basket.identity is checkout.permissions.identity, "one Identity in one request"
        )
    expect(type(first.identity) is g.Identity, "an identity of its class")
    expect(first.identity is not second.identity, "other objects in another request")
    expect(first.checkout is not second.checkout, "other objects in another request")


def request(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    for handler in (first, second):
        expect(type(handler) is g.Handler, "an object of the class")
        transaction = handler.orders.transaction
        expect(transaction is handler.users.transaction, "one Transaction in one request")
        expect(type(transaction.connection) is g.Connection, "a connection of its class")
        expect(transaction.was_connected is not None, "the transaction closed when the request ends")
        expect(transaction.was_connected, "the transaction closed before its connection")
        expect(transaction.connection.is_open is False, "the connection closed when the request ends")
    expect(first.orders.transaction is not second.orders.transaction, "other resources in another request")


def called(once: Callable[[], Any]) -> None:
    (first, was_open), (second, _) = once(), once()
    expect(type(first) is g.Connection, "a connection of its class")
    expect(was_open, "a connection that is open during the call")
    expect(first.is_open is False, "the connection closed after the call")
    expect(first is not second, "another connection at another call")


SCOPES = (
    Row(
        "S5n",
        "request scope: 5 scoped objects, nothing to close",
        "s5n",
        plain_request,
        2.5,
        peers_named="2.78 (diwire), 7.2 (rodi)",
    ),
    Row(
        "S5",
        "request scope: 5 scoped objects, 2 of them generator resources (ExitStack = 1)",
        "s5",
        request,
        0.45,
        peers_named="1.10 (dishka); raw 0.17",
    ),
    Row(
        "S6",
        "the same with async generators (AsyncExitStack = 1)",
        "s6",
        request,
        0.65,
        is_async=True,
        peers_named="1.15 (wireup); raw 0.42",
    ),
    Row(
        "S8",
        "injected async function with an async resource per call (AsyncExitStack = 1)",
        "s8",
        called,
        0.9,
        is_async=True,
        peers_named="1.70 (wireup); raw 0.58",
    ),
)
