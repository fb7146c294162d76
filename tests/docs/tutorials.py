"""
The tutorials, stage by stage; `python tests/docs/tutorials.py` writes what their commands print into them anew.

A block "```python app.py" replaces that file, whatever its language is; a block "```console" holds commands. A stage is
what stands below one heading: it begins with the files that stood above it as they were last, in a folder of its own.
The address 127.0.0.1:8000 is a free port in truth.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "tutorials"
NAMES = ("service", "worker", "command-line")
BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<file>[\w./-]+))?\n(?P<text>(?:(?!```).*\n)+)```$", re.MULTILINE)
STAGE = re.compile(r"^## ", re.MULTILINE)
COMMAND = re.compile(r"^\$ (?P<line>.+)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
PROCESS = re.compile(r"\[\d+\]$", re.MULTILINE)
MASKS = (
    (PROCESS, "[4711]"),
    (re.compile(r" +\d+(\.\d+)? ?(ms|µs|s)\b"), " 0.01 s"),
)
PROGRAMS = {
    "python": [],
    "pytest": ["-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio"],
    "tenure": ["-m", "tenure"],
    "uvicorn": ["-m", "uvicorn"],
}


def page_of(name: str) -> str:
    """Return the text of a tutorial."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def stages(page: str) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Give each stage that has commands: its heading, the files by name, its blocks of commands."""
    files: dict[str, str] = {}
    for section in STAGE.split(page)[1:]:
        blocks = [*BLOCK.finditer(section)]
        files |= {block["file"]: block["text"] for block in blocks if block["file"]}
        commands = [block["text"] for block in blocks if block["language"] == "console"]
        if commands:
            yield section.partition("\n")[0], dict(files), commands


def masked(text: str) -> str:
    """Return *text* without numbers that differ from one run to the next."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


class Terminal:
    """A folder with the files of a stage, in which commands are typed."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self._folder = folder.resolve()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = str(free.getsockname()[1])
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("8000", self._port), encoding="utf-8")
        self._status = 0
        self._background: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._background is not None:
            self._background.kill()
            self._background.communicate()

    def played(self, block: str) -> str:
        """Return a block of commands with what they print."""
        return "".join(
            f"$ {each['line']}\n{self._typed(each['line'], each['output'].count(chr(10)))}"
            for each in COMMAND.finditer(block)
        )

    def _typed(self, line: str, n_lines: int) -> str:
        words = shlex.split(line.replace("8000", self._port))
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        match words:
            case ["curl", *rest]:
                shown = _curl(rest)
            case ["cat", path]:
                shown = (self._folder / path).read_text(encoding="utf-8")
            case ["echo", "$?"]:
                shown = str(self._status)
            case ["kill", option, "%1"]:
                assert self._background is not None
                self._background.send_signal(signal.Signals[f"SIG{option[1:]}"])
                shown = ""
            case ["wait", "%1"]:
                shown = self._waited()
            case [program, *rest, "&"]:
                shown = self._begun(self._argv(program, rest), env, n_lines)
            case [program, *rest]:
                done = subprocess.run(
                    self._argv(program, rest), env=env, cwd=self._folder, text=True, timeout=50, check=False,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )  # fmt: skip
                self._status, shown = done.returncode, done.stdout
            case _:
                raise AssertionError(line)
        shown = shown.replace(f"{self._folder}{os.sep}", "").replace(self._port, "8000")
        return shown if shown.endswith("\n") or not shown else f"{shown}\n"

    def _argv(self, program: str, rest: list[str]) -> list[str]:
        port = ["--port", self._port] if program == "uvicorn" else []
        return [sys.executable, *PROGRAMS[program], *rest, *port]

    def _begun(self, argv: list[str], env: dict[str, str], n_lines: int) -> str:
        """Begin a program, and wait for as many lines of it as are shown."""
        self._background = subprocess.Popen(
            argv, env=env, cwd=self._folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert self._background.stdout is not None
        return "".join(self._background.stdout.readline() for _ in range(n_lines))

    def _waited(self) -> str:
        assert self._background is not None
        shown, _ = self._background.communicate(timeout=50)
        returned = self._background.returncode
        self._status, self._background = returned if returned >= 0 else 128 - returned, None
        return shown


def _curl(words: list[str]) -> str:
    """Return what a server answers: `curl [-X method] [-H header] [-d data] url`."""
    options = dict(zip(words[:-1:2], words[1:-1:2], strict=True))
    headers = dict(each.split(": ", 1) for each in [options.get("-H")] if each)
    data = options["-d"].encode() if "-d" in options else None
    request = urllib.request.Request(f"http://{words[-1]}", data, headers, method=options.get("-X"))
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


def written(page: str) -> str:
    """Return *page* with what its commands print now."""
    for _, files, blocks in [*stages(page)]:
        with tempfile.TemporaryDirectory() as folder, Terminal(Path(folder), files) as terminal:
            for block in blocks:
                shown = terminal.played(block)
                page = page if masked(shown) == masked(block) else page.replace(block, PROCESS.sub("[4711]", shown))
    return page


if __name__ == "__main__":
    for each in sys.argv[1:] or NAMES:
        (FOLDER / f"{each}.md").write_text(written(page_of(each)), encoding="utf-8")
