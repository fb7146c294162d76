"""The comparison of pools: Tenure's do what the table says, and the page holds each line of it."""

import asyncio
import re
from pathlib import Path

import pytest

from benchmarks.pools.adapters import Adapter, TenureLoop, TenureThreads
from benchmarks.pools.features import TRIALS, verdict

PAGE = Path(__file__).parents[2] / "docs" / "pool-comparison.md"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("title", TRIALS)
@pytest.mark.parametrize("cls", [TenureLoop, TenureThreads], ids=lambda cls: cls.title)
def test_tenures_pool_can(cls, title):
    """What the trial tries, as far as it applies."""
    assert asyncio.run(verdict(cls, TRIALS[title])) in ("yes", "-")


def test_a_pool_that_does_not():
    """A trial says no of one without the option, and of one that does something else."""

    class Nothing(Adapter):
        async def open(self, **wanted):
            self.translated(wanted)

        async def take(self, timeout_s=None):
            return self.server.open(Server())

        async def release(self, connection):
            return

        async def close(self):
            return

    class Server:
        n_closed = 0

    async def main():
        tried = {title: await verdict(Nothing, TRIALS[title]) for title in TRIALS if "late" not in title}
        return {title for title, found in tried.items() if found == "yes"}

    assert asyncio.run(main()) <= {"the item idle longest is lent first"}


def test_the_page_has_every_line():
    """It was written from these trials."""
    lines = re.findall(r"^\| ([^|]+) \| (?:yes|no|-)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert lines == list(TRIALS)
