"""A seeded bug: one change of the library's source that the rig has to notice."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "tenure"


class PatchError(Exception):
    """A patch does not fit the present source."""


@dataclass(frozen=True, slots=True)
class Bug:
    """In *file* of the library the text *old*, which stands there exactly once, becomes *new*."""

    name: str
    laws: str
    """The laws that it breaks, as "L9 L15"."""
    drivers: str
    """The letters of those that ought to notice, the quickest first; the others are tried after them."""
    file: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        """
        Return *source*, the text of `file`, with the bug.

        Raises:
            PatchError: `old` is not there, or more than once, or what comes out does not compile.
        """
        n = source.count(self.old)
        if n != 1:
            raise PatchError(f"{self.name}: what it changes stands {n} times in {self.file}, not once")
        changed = source.replace(self.old, self.new)
        try:
            compile(changed, self.file, "exec")
        except SyntaxError as error:
            raise PatchError(f"{self.name}: {error}") from None
        return changed

    def plant(self, folder: Path, package: Path = PACKAGE) -> Path:
        """Copy *package*, the library, into *folder*, with the bug; return what has to be on the path."""
        copied(folder, package)
        target = folder / "tenure" / self.file
        target.write_text(self.applied(target.read_text("utf-8")), "utf-8")
        return folder


def copied(folder: Path, package: Path = PACKAGE) -> Path:
    """Copy *package*, the library, into *folder* as it is; return what has to be on the path."""
    shutil.copytree(package, folder / "tenure", ignore=shutil.ignore_patterns("__pycache__", "demo"))
    return folder


def every_bug() -> Iterator[Bug]:
    """Give all bugs of the bank."""
    from tests.laws.bank.bugs import closing, engine, errors, opening, scopes, waiting

    for module in (opening, closing, errors, waiting, scopes, engine):
        yield from module.BUGS
