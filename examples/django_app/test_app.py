"""The visits, from outside."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

_folder = tempfile.TemporaryDirectory()
os.environ["VISITS_DATABASE"] = str(Path(_folder.name) / "visits.db")

from app import Visits, application, container  # noqa: E402 - the settings of Django are read when it is imported


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Give a client of the application, as a server calls it."""
    with httpx.Client(transport=httpx.WSGITransport(application), base_url="http://app") as client:
        yield client
    container.close()
    _folder.cleanup()


def test_visits_are_counted(client: httpx.Client) -> None:
    """What one request adds, the next one sees."""
    assert [client.get("/pages/home").text for _ in range(3)] == ["1", "2", "3"]


def test_a_page_that_is_not_there(client: httpx.Client) -> None:
    """It is not counted: the answer that there is none rolls back."""
    assert client.get("/pages/nowhere").status_code == 404
    assert client.get("/pages").text == "/pages/home\n"


def test_something_else_instead(client: httpx.Client) -> None:
    """The container is overridden while the application runs."""

    class Fixed:
        def count(self) -> int:
            return 42

    with container.override(Visits, Fixed):
        assert client.get("/pages/home").text == "42"
    assert client.get("/pages/home").text == "4"
