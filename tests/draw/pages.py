"""
The programs, commands and pictures of docs/drawings.md: `python -m tests.draw.pages` writes what they give into it.

A program that begins with a comment that names a file is that file; other programs print what stands below them; what
stands below a line that begins with "$ tenure" is what that prints.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.complaints import complaints

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "drawings.md"
PICTURES = ROOT / "docs" / "pictures"
FILE = re.compile(r"^```python\n# (?P<name>\w+\.py)\n(?P<program>(?:(?!```).*\n)+)```$", re.MULTILINE)
PROGRAM = re.compile(
    r"^```python\n(?P<program>(?!# \w+\.py\n)(?:(?!```).*\n)+)```\n```text\n(?P<output>(?:(?!```).*\n)*)```$",
    re.MULTILINE,
)
COMMAND = re.compile(r"^```console\n\$ tenure (?P<words>.+)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)
WATERFALL = """
from app import container
from tenure.draw import waterfall_of
from tenure.observe import TimelineRecorder
from tenure.testing import VirtualClock

async def main():
    async with container:
        pass

recorder = TimelineRecorder(container)
with VirtualClock() as clock:
    clock.run(main)
print(waterfall_of(*recorder.starts, *recorder.closes))
"""
DEMO = """
from pathlib import Path

from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.wiring import wire_application
from tenure.draw import drawing

print(drawing(wire_application(Settings(), DataDirectory(Path("data"))), title="tenure demo"))
"""
GRAPH = "-m tenure graph {}:container --format svg"


def unpack(folder):
    """Write the files of the page into *folder*."""
    for match in FILE.finditer(PAGE.read_text(encoding="utf-8")):
        (folder / match["name"]).write_text(match["program"], encoding="utf-8")


def run(folder, *words):
    """Return what Python prints, run with *words* in *folder*; it must not complain."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", *words],
        capture_output=True, text=True, timeout=60, check=False, cwd=folder, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, complaints(done.stderr)) == (0, ""), done.stderr
    return done.stdout.replace(f"{Path(folder).resolve()}{os.sep}", "")


def answer(folder, match):
    """Return what the program or command of *match* prints."""
    if "program" in match.groupdict():
        return run(folder, "-c", match["program"]).rstrip("\n") + "\n"
    return run(folder, "-m", "tenure", *match["words"].split()).rstrip("\n") + "\n"


def pictures(folder):
    """Return the pictures of the page by name, made of the files in *folder*."""
    return {
        "graph": run(folder, *GRAPH.format("app").split()),
        "findings": run(folder, *GRAPH.format("broken").split()),
        "waterfall": run(folder, "-c", WATERFALL),
        "demo": run(folder, "-c", DEMO),
    }


def main():
    """Write the page and its pictures anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unpack(folder)

        def renewed(match):
            begin, end = (at - match.start() for at in match.span("output"))
            return match[0][:begin] + answer(folder, match) + match[0][end:]

        text = PAGE.read_text(encoding="utf-8")
        for pattern in (PROGRAM, COMMAND):
            text = pattern.sub(renewed, text)
        PAGE.write_text(text, encoding="utf-8")
        PICTURES.mkdir(exist_ok=True)
        for picture, svg in pictures(folder).items():
            (PICTURES / f"{picture}.svg").write_text(svg.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
