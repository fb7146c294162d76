"""Driver G: its quick part, the bugs it can find, and that its servers never outlive it."""

import gc
import os
import signal
import subprocess
import sys
import warnings

import pytest

from tenure import Retry
from tenure.errors import ContainerClosedError
from tenure.lifecycle import closing, effects
from tenure.runtime import emptying, leaving, starting
from tests.laws.servers import driver, stage
from tests.laws.servers.clients import CLIENTS, client_for
from tests.real import packages, started
from tests.real.running import ServerMissingError, is_running, wait_until

SERVERS = ("postgres", "redis")


def server_of(case):
    client = case.split(":")[2]
    return next(each.server for each in CLIENTS if each.name == client)


def play(case):
    """Run *case*, or skip the test where this machine lacks what it takes; return what it broke, as text."""
    _, backend, client, _ = case.split(":")
    try:
        client_for(backend, client)
        started.server_of(server_of(case))
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    return [f"{each.law} {each.text} [{each.case}]" for each in driver.run(case).violations]


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_quick_part(server):
    """Killed, frozen, full or late: all that is opened is closed, as the server sees it."""
    cases = [case for case in driver.cases(False) if server_of(case) == server]

    assert len(cases) >= 4
    assert [text for case in cases for text in play(case)] == []


def test_all_cases():
    """The quick part belongs to the whole; every phase is played on every library by every client that can."""
    every = list(driver.cases(True))

    assert set(driver.cases(False)) <= set(every)
    assert len(every) == len(set(every)) >= 300
    assert {case.split(":")[1] for case in every} == {"sync", "asyncio", "uvloop", "trio"}


@pytest.mark.parametrize("case", ["G:sync:psycopg:never", "G:sync:nobody:forked", "A:sync:psycopg:forked", "G"])
def test_no_case(case):
    """What is no case of this driver is refused."""
    with pytest.raises(ValueError, match=r"no case|no client"):
        driver.run(case)


def undone_by_nobody(monkeypatch):
    def roll_back(*args, **kwargs):
        yield from ()

    monkeypatch.setattr(starting, "roll_back", roll_back)


def outcome_not_shown(monkeypatch):
    real = closing.close_handle
    monkeypatch.setattr(closing, "close_handle", lambda binding, handle, outcome: real(binding, handle, None))


def first_opened_first_closed(monkeypatch):
    monkeypatch.setattr(emptying, "_ordered", lambda scope, exits: exits)


def no_limits(monkeypatch):
    async def wait(limited):
        return await effects.adrive(limited.steps)

    monkeypatch.setattr(effects.Limited, "wait", wait)
    monkeypatch.setattr(stage, "PATIENCE_S", 0.5)


def no_further_attempt(monkeypatch):
    monkeypatch.setattr(Retry, "allows", lambda *args: False)


def request_learns_too_late(monkeypatch):
    def cut_off_children(engine, scope, closer, is_async):
        for child in list(scope.children):
            yield from leaving.leave(engine, child, ContainerClosedError(scope.subject, "closing"), is_async)
            child.cut_off = ContainerClosedError(child.subject, "closed")

    monkeypatch.setattr(leaving, "_cut_off_children", cut_off_children)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "case", "law"),
    [
        (undone_by_nobody, "G:asyncio:asyncpg:limit-reached-by-a-start", "L4"),
        (outcome_not_shown, "G:sync:psycopg:commit-or-roll-back", "L13"),
        (first_opened_first_closed, "G:sync:redis-py:one-of-two-killed", "L18"),
        (no_limits, "G:asyncio:redis-py:frozen-opening", "L60"),
        (request_learns_too_late, "G:sync:psycopg:cut-off-while-it-ends", "L13"),
        (request_learns_too_late, "G:asyncio:redis-py:cut-off-and-killed", "L23"),
        (no_further_attempt, "G:sync:redis-py:tried-until-it-is-up", "L65"),
    ],
)
def test_finds(seed, case, law, monkeypatch):
    """A bug put into the library is found, and the law is named."""
    seed(monkeypatch)
    monkeypatch.setattr(stage, "LOOK_S", 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # what the bug leaves open
        found = play(case)
        gc.collect()

    assert law in {text.split()[0] for text in found}, found


OUTLIVED = """
import sys
from tests.real.started import server_of
server = server_of(sys.argv[1])
print(server._process.pid, server._folder.path, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_servers_end_with_a_run_that_is_killed(server):
    """A run that is killed leaves neither a server nor its files."""
    try:
        started.server_of(server)
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    command = [sys.executable, "-c", OUTLIVED, server]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        number, folder = run.stdout.readline().split()
        assert is_running(int(number))
        run.send_signal(signal.SIGKILL)

    wait_until(lambda: not is_running(int(number)), "the server ends")
    wait_until(lambda: not os.path.exists(folder), "its files are removed")


def test_left_out(monkeypatch, capsys):
    """A case without its server stands for no run, breaks nothing, and says what is missing."""
    monkeypatch.setattr(started, "_started", lambda kind, process: ServerMissingError(f"no {kind} here"))
    outcome = driver.run("G:trio:wire-redis:commit-or-roll-back")

    assert (outcome.backend, outcome.n_runs, outcome.laws, outcome.violations) == ("trio", 0, (), [])
    assert "no redis here" in capsys.readouterr().err


def test_missing_redis(monkeypatch, tmp_path):
    """Where there is neither a Redis nor a way to fetch one, the reason names the package."""
    monkeypatch.setattr(packages, "CACHE", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerMissingError, match="apt-get install redis-server"):
        packages.redis_server()
