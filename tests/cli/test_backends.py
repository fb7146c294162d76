"""`tenure run`, `start` and `health` on every library that runs coroutines, and on none."""

import json

import pytest

from tests.cli.golden import run_here

BACKENDS = ("asyncio", "uvloop", "trio")


@pytest.fixture(params=BACKENDS)
def backend(request):
    """Return the name of one that is installed."""
    if request.param != "asyncio":
        pytest.importorskip(request.param)
    return request.param


def test_run(backend):
    """Main is served and everything is closed."""
    status, out, err = run_here("run", "shop:main", "--backend", backend)

    assert (status, out) == (0, "serving\n")
    assert err.startswith("✓ opened 4 resources in ")
    assert "✓ closed 4 resources in " in err


def test_a_plain_main_on_a_loop(backend):
    """What `--backend` is for where main is synchronous and the container is not."""
    status, out, _ = run_here("run", "shop:sync_main", "a", "b", "--backend", backend)

    assert (status, out) == (2, "given a b\n")


@pytest.mark.parametrize("source", ["shop:container", "declared:Shop", "plain:container"])
def test_start_and_health(source, backend):
    """Every container starts, is healthy and closes there, also one that needs no loop."""
    started = run_here("start", source, "--json", "--backend", backend)
    health = run_here("health", source, "--json", "--backend", backend)

    told = json.loads(started[1])
    assert (started[0], told["error"], health[0]) == (0, None, 0)
    assert {span["outcome"] for act in ("start", "close") for span in told[act]["spans"]} == {"done"}


def test_no_loop_where_none_is_needed(monkeypatch):
    """A container without anything asynchronous is started without one."""
    monkeypatch.setattr("asyncio.Runner", None)

    assert run_here("start", "plain:container", "--json")[0] == 0
    assert run_here("health", "plain:container", "--json")[0] == 0
