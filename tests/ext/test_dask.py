"""Dask, on real clusters of several worker processes."""

import asyncio
import os
import signal
from contextlib import contextmanager

import pytest

distributed = pytest.importorskip("distributed")

import dask  # noqa: E402
import workers_app as app  # noqa: E402
from conformance import shows  # noqa: E402
from pools_conformance import PoolConformance, Written  # noqa: E402

from tenure import Container  # noqa: E402
from tenure.errors import BindingError  # noqa: E402
from tenure.ext.dask import DaskResources, describe_workers  # noqa: E402
from tests.real.running import is_running, send, wait_until  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask and tornado, about themselves


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two processes, of two threads each; give the client, and the file that they write to."""
    path = tmp_path_factory.mktemp("dask") / "log"
    environ = {app.LOG: str(path), "PYTHONPATH": PoolConformance.environ()}
    with (
        dask.config.set({"distributed.worker.daemon": False, "distributed.nanny.environ": environ}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, dashboard_address=None, env=environ, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield cluster, client, path


class Workers:
    """What work is given to."""

    def __init__(self, client):
        self.client = client

    def run(self, function, *args):
        return self.client.submit(function, *args, pure=False).result(20)

    def map(self, function, *lists):
        return self.client.gather(self.client.map(function, *lists, pure=False))


class TestDask(PoolConformance):
    """A `LocalCluster` of processes."""

    framework = "Dask"
    packages = ("distributed",)

    @pytest.fixture(autouse=True)
    def log(self, cluster, monkeypatch):
        self.cluster, self.client, path = cluster
        path.write_text("")
        monkeypatch.setenv(app.LOG, str(path))
        self.written = Written(path)
        self.client.wait_for_workers(2, 20)
        yield self.written
        app.ref.close()

    @contextmanager
    def workers(self, ref):
        plugin = DaskResources(ref)
        try:
            self.client.register_plugin(plugin)
            yield Workers(self.client)
        finally:
            self.client.unregister_worker_plugin(plugin.name)

    def kill_one(self, workers):
        """The task is done again elsewhere."""
        done = workers.client.submit(app.killed_once, str(self.written.path.with_name("begun")), pure=False)
        wait_until(self.written.path.with_name("begun").exists, "the task has begun")
        (victim,) = self.written.of("session opened")
        send(victim, signal.SIGKILL)
        assert done.result(20) != victim
        wait_until(lambda: not is_running(victim), "it is gone")
        workers.client.wait_for_workers(2, 20)
        self.written.until("database opened", 3)
        return victim

    @shows("async")
    def test_coroutine_functions(self, log):
        """They run on the worker's loop, where their resources live."""
        with self.workers(app.aref) as workers:
            done = workers.client.gather([workers.client.submit(app.on_the_loop, pure=False) for _ in range(8)])
        log.all_closed()

        assert all(is_there for is_there, _ in done)
        assert log.count("session opened") == log.count("session closed") == 8

    @shows("start/stop")
    def test_scaling(self, log):
        """A worker that joins opens its own; one that is retired closes its own, and the others go on."""
        with self.workers(app.ref):
            self.cluster.scale(3)
            opened = log.until("database opened", 3)
            self.client.wait_for_workers(3, 20)
            newest = next(
                address for address, facts in describe_workers(self.client, app.ref).items() if facts.pid == opened[-1]
            )
            self.client.retire_workers([newest])
            assert log.until("database closed") == [opened[-1]]
            self.cluster.scale(2)  # only now: Dask, told twice to end a worker, may wait for itself and kill it
            facts = describe_workers(self.client, app.ref).values()

        assert sorted(each.pid for each in facts) == sorted(opened[:2])
        assert {(each.n_starts - each.n_closes, each.is_started, each.open) for each in facts} == {
            (1, True, ("Database",))
        }
        assert sorted(log.all_closed()) == sorted(opened)

    @shows("start/stop")
    def test_a_restart(self, log):
        """The processes close what they have, and those that take their place open their own."""
        with self.workers(app.ref) as workers:
            before = log.until("database opened", 2)
            self.client.restart(timeout=30)
            self.client.wait_for_workers(2, 20)
            assert sorted(log.until("database closed", 2)) == sorted(before)
            after = log.until("database opened", 4)[2:]
            assert workers.run(app.divided, 6, 3)[1] in after

        assert sorted(log.all_closed()) == sorted([*before, *after])

    @shows("retried")
    def test_a_task_that_is_tried_again(self, log):
        """Its first attempt is undone; the second has a session of its own."""
        begun = str(log.path.with_name("failed"))
        with self.workers(app.ref):
            assert self.client.submit(app.failing_once, begun, pure=False, retries=1).result(20) == "done"
        log.all_closed()

        assert log.count("session rolled back: ConnectionError") == log.count("session closed") == 1

    @shows("start/stop")
    def test_registered_twice(self, log):
        """It is the same plugin: nothing happens."""
        with self.workers(app.ref):
            self.client.register_plugin(DaskResources(app.ref))
            assert log.count("database opened") == 2
        log.all_closed()

        assert log.count("database closed") == 2

    @shows("errors")
    def test_a_job_of_many_tasks(self, log):
        """Its results are right, and what it opened is closed, also where some tasks fail."""
        with self.workers(app.ref) as workers:
            futures = [workers.client.submit(app.divided, n, n % 5, pure=False) for n in range(50)]
            distributed.wait(futures, timeout=20)
            done = [future.result()[0] for future in futures if future.status == "finished"]
        log.all_closed()

        assert done == [n / (n % 5) for n in range(50) if n % 5]
        assert log.count("session closed") == 40
        assert log.count("session rolled back: ZeroDivisionError") == 10

    @shows("start-up check")
    def test_after_a_start_that_failed(self, log):
        """The calls try again, and raise what that raises."""
        plugin = DaskResources(app.broken)
        with pytest.raises(ConnectionRefusedError):
            self.client.register_plugin(plugin)
        with pytest.raises(ConnectionRefusedError):
            Workers(self.client).run(app.of_broken, 1)
        self.client.unregister_worker_plugin(plugin.name)

        assert sorted(log.of("database opened")) == sorted(log.of("database closed"))


@pytest.mark.slow
def test_several_workers_in_a_process(tmp_path, monkeypatch):
    """They share the container: the first one opens it, the last one closes it."""
    log = Written(tmp_path / "log")
    monkeypatch.setenv(app.LOG, str(log.path))

    async def main():
        async with (
            distributed.LocalCluster(
                n_workers=2, processes=False, asynchronous=True, dashboard_address=None, protocol="inproc://"
            ) as cluster,
            distributed.Client(cluster, asynchronous=True) as client,
        ):
            await client.register_plugin(DaskResources(app.aref))
            assert await client.submit(app.adivided, 6, 3) == (2, os.getpid())
            await client.retire_workers([next(iter(cluster.workers.values())).address])
            assert [text for _, text in log if "database" in text] == ["database opened"]

    asyncio.run(main())
    assert [text for _, text in log] == ["database opened", "session opened", "session closed", "database closed"]


def test_a_plugin_travels():
    """Dask sends it, and knows it by a name that says what it is of."""
    plugin = DaskResources(app.ref)
    arrived = distributed.protocol.pickle.loads(distributed.protocol.pickle.dumps(plugin))

    assert (arrived.ref, arrived.name, arrived.idempotent) == (app.ref, plugin.name, True)
    assert plugin.name == "tenure-ContainerRef('workers_app:make')"
    assert repr(plugin) == "DaskResources(ContainerRef('workers_app:make'))"
    assert DaskResources(app.ref, name="mine").name == "mine"
    with pytest.raises(BindingError, match="takes a ContainerRef"):
        DaskResources(Container())
