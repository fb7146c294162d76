"""
arq on a container, with real workers on a real Redis.

It holds redis below 6, which everything else is tested with a newer one of: workers, and what sends jobs, run in an
environment of their own, made once below `.venv`.
"""

import functools
import os
import subprocess
from pathlib import Path

import pytest
from worker_conformance import PROGRAMS, SOURCES, WorkerConformance, Workers

from tools import environment, pythons

ROOT = Path(__file__).parents[2]


@functools.cache
def arq_python():
    """Return the interpreter of the environment; skips where it is not to be had."""
    try:
        return environment.prepare(ROOT, pythons.this_python(), ["arq"], "tests/ext/arq-constraints.txt")
    except environment.EnvironmentFailedError as error:
        return pytest.skip(f"no environment with arq: {error}")


class Arq(Workers):
    """How its workers are started, and told what to do."""

    n_processes = 1

    @classmethod
    def command(cls, n):
        return [str(arq_python()), "-m", "arq", "arq_jobs.WorkerSettings"]

    @classmethod
    def send(cls, name, *arguments):
        paths = os.pathsep.join([str(SOURCES), str(PROGRAMS)])
        environ = {**os.environ, "PYTHONPATH": paths, "JOBS_REDIS": cls.redis_url, "JOBS_LOG": os.devnull}
        command = [str(arq_python()), "arq_jobs.py", name, *map(str, arguments)]
        return subprocess.check_output(command, cwd=PROGRAMS, env=environ, text=True, timeout=20).strip()


class TestArq(Arq, WorkerConformance):
    framework = "arq"
    packages = ("arq", "redis")
    restarts_itself = False
    lacks = {"fork-safe": "no process is forked"}
    retry_seen = "Retry"

    @classmethod
    def version(cls, name):
        """Return a version of the environment that it runs in."""
        text = f"from importlib.metadata import version; print(version({name!r}))"
        return subprocess.check_output([str(arq_python()), "-c", text], text=True, timeout=20).strip()


@pytest.mark.slow
def test_a_second_container():
    """One for each worker's settings, in either form."""
    program = """
from tenure import Container
from tenure.errors import BindingError
from tenure.ext.arq import setup

async def job(context): ...

class Settings:
    functions = (job,)

for settings in (Settings, {"functions": [job]}):
    setup(settings, Container())
    try:
        setup(settings, Container())
    except BindingError as error:
        print(error)
"""
    environ = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [str(arq_python()), "-c", program]
    said = subprocess.check_output(command, env=environ, text=True, timeout=20).splitlines()

    assert len(said) == 2
    assert all("have a container already" in line for line in said)


@pytest.mark.slow
def test_the_program_of_the_page(tmp_path):
    """It passes its tests, which pytest runs from behind the packages of the environment."""
    from test_integration_pages import environ_of, write_files

    write_files("arq", tmp_path)
    packages = str(Path(pytest.__file__).parents[1])
    program = f"import sys; sys.path.append({packages!r}); import pytest; sys.exit(pytest.main(['-q', '-rA']))"
    environ = {**environ_of("arq"), "PYTHONPATH": str(SOURCES), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [str(arq_python()), "-c", program],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environ,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
