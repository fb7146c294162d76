"""The quick part of driver A, and proof that it finds what is broken."""

import pytest

import tenure.lifecycle.closing
import tenure.lifecycle.order
import tenure.runtime.emptying
import tenure.runtime.engine
import tenure.runtime.holding
import tenure.runtime.leaving
import tenure.runtime.linking
import tenure.runtime.records
import tenure.runtime.starting
from tenure.lifecycle.backends.asyncio import AsyncioBackend
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.outcome import Report, group
from tests.laws.faults import driver
from tests.laws.faults.nodes import FLAVOURS
from tests.laws.faults.plans import KINDS, parse
from tests.laws.faults.uses import USES
from tests.laws.faults.worlds import WORLDS, has_uvloop
from tests.laws.rig.oracle import Violation

WORLD_NAMES = [*WORLDS, "parity"]


def violations(case: str) -> list[Violation]:
    return [each for outcome in driver.run(case) for each in outcome.violations]


def broken_laws(case: str) -> set[str]:
    return {each.law for each in violations(case)}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("world", WORLD_NAMES)
def test_no_fault_breaks_a_law(world):
    """Whatever fails, wherever: what was opened is closed, once, in order, and everybody learns what happened."""
    if world == "uvloop" and not has_uvloop():
        pytest.skip("uvloop is not installed")
    found = [
        each for case in driver.cases(full=False) if case.startswith(f"A:{world}:") for each in violations(case)
    ]  # fmt: skip

    assert not found, "\n".join(f"{each.law} {each.case} {each.text}" for each in found[:20])


@pytest.mark.parametrize("full", [False, True])
def test_every_world_flavour_and_use_is_among_the_cases(full):
    """Neither part leaves out a world, a flavour of resources or a way to use them; the full part has every shape."""
    words = [case.split(":") for case in driver.cases(full) if ":single:" not in case]

    left_out = set() if has_uvloop() else {"uvloop"}
    assert {word[1] for word in words} == set(WORLD_NAMES) - left_out
    assert {word[3] for word in words} == set(FLAVOURS)
    assert {word[4] for word in words} == set(USES)
    assert not full or len({word[2] for word in words}) == 1 + 2 + 6 + 31 + 302


def test_the_search_ends_when_a_run_passes_untouched():
    """Two resources pass eleven steps: each kind that fits is tried at each, and once beyond the last."""
    first, *_ = driver.run("A:sync:2.1:gen:lazy:*")

    assert first.n_runs > 11 * 2 * (len(KINDS) - 3)
    assert {"L10", "L13", "L18", "L23", "L25", "L26"} <= {
        law for each in driver.run("A:sync:2.1:gen:lazy:*") for law in each.laws
    }


@pytest.mark.parametrize(
    "case",
    [
        "A:sync:2.1:gen:lazy",
        "B:sync:2.1:gen:lazy:*",
        "A:sync:2.9:gen:lazy:*",
        "A:nowhere:2.1:gen:lazy:*",
        "A:sync:2.1:gen:lazy:4=Nothing",
    ],
)
def test_what_is_no_case(case):
    """A string that is no case is refused."""
    with pytest.raises(ValueError, match=r"case|shapes|none of|fault"):
        driver.run(case)


@pytest.mark.parametrize("text", ["none", "4=Fault", "4..=Hang", "4=Fault+7=Swallow"])
def test_a_plan_is_read_as_it_is_written(text):
    """A plan's text makes the same plan again."""
    assert str(parse(text)) == text


def first_opened_first(scope, exits):
    return exits


def closing_error_first(report, outcome):
    return group(report.take_failed(), report.subject) or outcome


def kept_quiet(closer, error, exit_):
    return


def not_rolled_back(*args, **kwargs):
    return
    yield


async def left_alone(backend, wait, seconds):
    await wait()


def raised_again(claim):
    if claim.error is not None:
        raise claim.error


def allowed(*args):
    return False


def last_opened_first(exits):
    return exits[::-1]


def begun_at_once(record, scope):
    return tenure.runtime.holding.begin_close(record) if record.is_open else None


def shown_nothing(binding, handle, outcome, close=tenure.lifecycle.closing.close_handle):
    return close(binding, handle, None)


@pytest.mark.parametrize(
    ("owner", "name", "broken", "case", "law"),
    [
        (tenure.runtime.emptying, "_ordered", first_opened_first, "A:sync:2.1:gen:request:none", "L18"),
        (tenure.runtime.emptying, "_ordered", first_opened_first, "A:trio:3.4:amixed:request:none", "L18"),
        (Report, "settle", closing_error_first, "A:sync:2.1:gen:request:5=Fault+6=Fault", "L25"),
        (Report, "settle", closing_error_first, "A:asyncio:2.1:agen:request:**", "L25"),
        (Closer, "note", kept_quiet, "A:sync:2.1:cm:lazy:*", "L23"),
        (tenure.runtime.starting, "roll_back", not_rolled_back, "A:asyncio:2.1:acm:eager:*", "L10"),
        (tenure.lifecycle.closing, "close_handle", shown_nothing, "A:sync:2.1:cm:request:*", "L13"),
        (AsyncioBackend, "wait_out", left_alone, "A:asyncio:2.0:agen:eager:*", "L10"),
        (Claim, "raise_error", raised_again, "A:asyncio:2.0:agen:shared:*", "L7"),
        (tenure.runtime.engine, "refuse_captive", allowed, "A:sync:single:captive", "L48"),
        (tenure.runtime.linking, "refuse_other_loop", allowed, "A:asyncio:single:other-loop", "L54"),
        (tenure.runtime.leaving, "_refuse_the_impossible", allowed, "A:trio:single:refused-close", "L51"),
        (tenure.runtime.records, "is_opened_by_user", allowed, "A:sync:single:came-open", "L12"),
        (tenure.runtime.emptying, "release", begun_at_once, "A:trio:single:overlapping-scopes", "L11"),
        (tenure.lifecycle.order, "in_closing_order", last_opened_first, "A:asyncio:single:late-object", "L18"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # what is broken leaves things open
def test_what_is_broken_is_found(monkeypatch, owner, name, broken, case, law):
    """Of a piece of the engine that breaks a law, the driver says so, with a string that shows it again."""
    monkeypatch.setattr(owner, name, broken)

    found = [each for each in violations(case) if each.law == law]

    assert found
    assert law in broken_laws(found[0].case)
