"""The traffic: which request does what."""

from collections import Counter

import pytest

from tenure.cli.demo.traffic import Kind, kind_of, order_of


@pytest.mark.parametrize("n_requests", [1, 2, 20, 3000])
def test_exactly_one_client_leaves(n_requests: int) -> None:
    """However many requests there are, one of them is left in the middle."""
    kinds = Counter(kind_of(number, n_requests) for number in range(1, n_requests + 1))

    assert kinds[Kind.LEAVE] == 1


def test_every_kind_takes_its_turn() -> None:
    """Twenty requests have all kinds among them."""
    assert set(Kind) == {kind_of(number, 40) for number in range(1, 41)}


def test_an_order_has_three_lines() -> None:
    """One for the order, one for the payment, one for the printer; the last tells a jam."""
    lines = order_of(7, Kind.JAM).splitlines()

    assert (len(lines), b"jam" in lines[2], b"expired" in lines[1]) == (3, True, False)
