"""Closings that end at the same time stand among the openings of running code as one, and count as each of them."""

from tenure import Container
from tenure.lifecycle.claim import Claim, innermost, is_part_of, opening, openings
from tenure.lifecycle.joint import Joint, jointly


def claims_of(n):
    binding = Container().engine.graph.require(Container)
    return [Claim(binding, binding) for _ in range(n)]


def entered(*entries):
    """Return what `opening` has to be reset by; the code is part of *entries* from here on."""
    return opening.set(entries)


def test_one_stands_for_all():
    """Code that is part of it is part of each, and of nothing else."""
    claims, [other] = claims_of(3), claims_of(1)
    token = entered(*jointly(claims))
    try:
        assert openings() == tuple(claims)
        assert innermost() is claims[-1]
        assert all(is_part_of(each) for each in claims)
        assert not is_part_of(other)
        assert len(opening.get()) == 1
    finally:
        opening.reset(token)


def test_what_has_ended_counts_no_more():
    """Those that ended before the others are no openings any more; with the last one all of it is over."""
    claims = claims_of(3)
    token = entered(*claims_of(1), *jointly(claims))
    try:
        claims[0].succeed()
        assert openings()[1:] == tuple(claims[1:])
        for each in claims[1:]:
            each.succeed()
        assert not any(is_part_of(each) for each in claims)
        assert len(openings()) == 1
    finally:
        opening.reset(token)


def test_one_alone_stands_for_itself():
    """One closing needs nothing to stand for it."""
    [claim] = claims_of(1)

    assert jointly([claim]) == (claim,)
    assert jointly([]) == ()


def test_marked_ones_are_told_by_their_mark():
    """A claim that knows a record stays one of its own: its code is told by the mark."""
    claims = claims_of(3)
    claims[0].mark = object()
    marked, joint = jointly(claims)

    assert marked is claims[0]
    assert isinstance(joint, Joint)
    assert joint.claims == tuple(claims[1:])


def test_what_has_ended_needs_nothing_but_to_say_so():
    """Whatever stands there for a mark alone, as checks of health do, is no opening."""

    class Ended:
        mark = object()
        done = type("Done", (), {"is_set": True})

    [claim] = claims_of(1)
    token = entered(claim, Ended())
    try:
        assert openings() == (claim,)
        assert innermost() is claim
        assert is_part_of(claim)
    finally:
        opening.reset(token)
