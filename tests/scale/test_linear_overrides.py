"""Costs that grow faster than they should."""

from tests.scale.support import app_of, assert_linear, shut


def test_overriding_a_container_in_use():
    """The same while everything is open."""

    def made(n):
        pair = app_of(n, "wide"), app_of(n, "wide")
        pair[0].init_resources()
        return pair

    def act(pair):
        pair[0].override(pair[1])
        pair[0].reset_last_overriding()

    assert_linear(made, act, lambda pair: shut(pair[0]))
