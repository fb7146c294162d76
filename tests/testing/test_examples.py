"""The applications in examples/, with everything going wrong in turn: what they answer and what is kept agree."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tenure

EXAMPLES = Path(__file__).parents[2] / "examples"

FASTAPI = """
import sqlite3
from contextlib import closing

import pytest
from app import app, container
from fastapi.testclient import TestClient

from tenure.testing import every_fault


def test_all_or_nothing(tmp_path, monkeypatch):
    database = tmp_path / "notes.db"
    monkeypatch.setenv("NOTES_DATABASE", str(database))
    answers = []

    def scenario(container):
        database.unlink(missing_ok=True)
        answers.clear()
        with TestClient(app, raise_server_exceptions=False) as client:
            answers.append(client.post("/notes", json=["one", "two"]).status_code)
            client.get("/notes")

    faults = []
    for fault in every_fault(container, scenario):
        faults.append(fault.replay)
        if answers:
            with closing(sqlite3.connect(database)) as connection:
                ((n_kept,),) = connection.execute("select count(*) from notes")
            assert n_kept == {201: 2, 500: 0}[answers[0]], fault.replay
        else:
            assert "Schema open" in fault.replay, "an application that cannot start answers nothing"
    assert "fail Connection close #2 wait 1" in faults
"""

FLASK = """
import sqlite3
from contextlib import closing

from app import create_app

from tenure.testing import every_fault


def test_all_or_nothing(tmp_path, monkeypatch):
    database = tmp_path / "notes.db"
    monkeypatch.setenv("NOTES_DATABASE", str(database))
    answers, apps = [], []

    def make():
        app, container = create_app()
        apps.append(app)
        return container

    def scenario(container):
        database.unlink(missing_ok=True)
        answers.clear()
        client = apps[-1].test_client()
        answers.append(client.post("/notes", json=["one", "two"], buffered=True).status_code)
        answers.append(client.post("/notes", json=["one"], buffered=True).status_code)

    faults = []
    for fault in every_fault(make, scenario):
        faults.append(fault.replay)
        n_kept = 0
        if database.exists():
            with closing(sqlite3.connect(database)) as connection:
                n_tables = len(connection.execute("select * from sqlite_master where type = 'table'").fetchall())
                if n_tables:
                    ((n_kept,),) = connection.execute("select count(*) from notes")
        if "close" not in fault.replay:
            assert n_kept == (2 if answers and answers[0] == 200 else 1 if answers[1:] == [200] else 0), fault.replay
        else:
            assert n_kept == 2, fault.replay  # a closing fails behind its code
    assert len(faults) >= 6
"""

DJANGO = """
import os, tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory()
os.environ["VISITS_DATABASE"] = str(Path(folder.name) / "visits.db")

import httpx
from app import Visit, application, container
from django.db import connection

from tenure.testing import every_fault


def test_visits_are_counted_as_they_are_answered():
    answers = []

    def scenario(container):
        with httpx.Client(
            transport=httpx.WSGITransport(application, raise_app_exceptions=False), base_url="http://app"
        ) as client:
            Visit.objects.all().delete()
            answers[:] = [client.get(f"/pages/{name}").status_code for name in ("home", "nowhere")]

    container.start_sync()  # the table is there
    scenario(container)
    assert answers == [200, 404]
    container.close()
    faults = []
    for fault in every_fault(container, scenario):
        faults.append(fault.replay)
        assert Visit.objects.count() <= 1, fault.replay
        if "Transaction open #1" in fault.replay:
            assert Visit.objects.count() == 0, fault.replay
        connection.close()
    assert "fail Transaction close #2" in faults
    folder.cleanup()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [("fastapi_app", FASTAPI), ("flask_app", FLASK), ("django_app", DJANGO)],
    ids=["fastapi", "flask", "django"],
)
def test_an_example(name, text, tmp_path):
    """Nothing leaks, whatever goes wrong, and nothing is kept that was refused."""
    pytest.importorskip(name.partition("_")[0])
    (tmp_path / "test_faults.py").write_text(text, encoding="utf-8")
    paths = os.pathsep.join([str(EXAMPLES / name), str(Path(tenure.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "test_faults.py"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip

    assert "1 passed" in done.stdout, done.stdout + done.stderr
