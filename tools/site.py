"""The site of the documents: Sphinx makes it, and whatever it warns of fails."""

import subprocess
from pathlib import Path

from tools.report import Row


def build(root: Path, interpreter: Path) -> Row:
    """Make the site in build/docs; pages that nothing leads to and references to nothing are told, and fail."""
    folder = root / "build" / "docs"
    command = [
        str(interpreter),
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-d",
        str(folder / ".doctrees"),
    ]
    code = subprocess.run([*command, str(root / "docs"), str(folder)], cwd=root, stdin=subprocess.DEVNULL).returncode
    return Row("site", "failed" if code else "ok", note=str((folder / "index.html").relative_to(root)))
