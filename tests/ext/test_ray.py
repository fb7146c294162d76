"""Ray, on actors of a cluster of this machine. Runs where Ray is installed, which `tenure[test]` does not bring."""

import os
import signal
from contextlib import contextmanager

import pytest

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'tenure[ray]'")

import workers_app as app  # noqa: E402
from conformance import shows  # noqa: E402
from pools_conformance import PoolConformance  # noqa: E402

from tenure import Container  # noqa: E402
from tenure.errors import BindingError, ContainerClosedError  # noqa: E402
from tenure.ext.ray import RayResources  # noqa: E402
from tests.real.running import is_running, send, wait_until  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two processors; everything that it starts ends with it."""
    path = tmp_path_factory.mktemp("ray") / "log"
    environ = {app.LOG: str(path), "PYTHONPATH": PoolConformance.environ()}
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": environ})
    yield path
    ray.shutdown()


class Workers:
    """What work is given to."""

    def __init__(self, pool):
        self.pool = pool
        self.map = pool.map

    def run(self, function, *args):
        return ray.get(self.pool.submit(function, *args), timeout=60)


class TestRay(PoolConformance):
    """Actors of a `RayResources`."""

    framework = "Ray"
    packages = ("ray",)
    start_error = ray.exceptions.ActorDiedError

    @pytest.fixture(autouse=True)
    def log(self, cluster, monkeypatch):
        from pools_conformance import Written

        monkeypatch.setenv(app.LOG, str(cluster))
        cluster.write_text("")
        self.written = Written(cluster)
        yield self.written
        app.ref.close()

    @contextmanager
    def workers(self, ref):
        with RayResources(ref, 2) as pool:
            yield Workers(pool)

    def kill_one(self, workers):
        """Ray makes another actor of it, which does the task again."""
        begun = self.written.path.with_name("begun")
        done = workers.pool.submit(app.killed_once, str(begun))
        wait_until(begun.exists, "the task has begun")
        (victim,) = self.written.of("session opened")
        send(victim, signal.SIGKILL)
        assert ray.get(done, timeout=60) != victim
        wait_until(lambda: not is_running(victim), "it is gone")
        self.written.until("database opened", 3)
        return victim

    @shows("async")
    def test_coroutine_functions(self, log):
        """They run on the loop that their resources live on."""
        with self.workers(app.aref) as workers:
            assert workers.run(app.on_the_loop)[0]
        log.all_closed()

        assert log.count("session closed") == 1

    @shows("start/stop")
    def test_what_the_actors_say(self, log):
        """Each has started its own."""
        with RayResources(app.ref, 2) as pool:
            facts = pool.describe_workers()
        log.all_closed()

        assert sorted(each.pid for each in facts) == sorted(log.of("database opened"))
        assert [(each.n_starts, each.open) for each in facts] == [(1, ("Database",))] * 2


def test_what_is_refused():
    """Said when it is made."""
    with pytest.raises(BindingError, match="takes a ContainerRef"):
        RayResources(Container())
    with pytest.raises(BindingError, match="n_workers"):
        RayResources(app.ref, 0)
    with pytest.raises(ContainerClosedError):
        RayResources(app.ref).submit(len, [])
