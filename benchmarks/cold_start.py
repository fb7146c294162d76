"""
A cold start with and without resolvers that were compiled ahead of time.

`python benchmarks/cold_start.py [N] [ROUNDS]` writes a program of N providers (1 000) into a temporary folder, compiles
it, and starts it ROUNDS times (5) in a fresh process each way, round robin; it prints the least time of each part, in
milliseconds. The imports of Tenure and of the program itself are not counted; that of the compiled module is.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SINGLETON, TRANSIENT, GENERATOR = range(3)
KINDS = (SINGLETON, SINGLETON, SINGLETON, TRANSIENT, GENERATOR)
MEASURE = """
import json, sys, time
import program
from program import KEYS, make_container

times = [time.perf_counter()]
container = make_container("wiring" if "ahead" in sys.argv else None)
times.append(time.perf_counter())
if "check" in sys.argv:
    container.check()
times.append(time.perf_counter())
for key in KEYS:
    container.engine.resolvers[key]
times.append(time.perf_counter())
for key in KEYS:
    container.get(key)
times.append(time.perf_counter())
container.close()
print(json.dumps([(after - before) * 1000 for before, after in zip(times, times[1:])]))
"""
WAYS = {"checked": ["check"], "unchecked": [], "ahead of time": ["ahead"]}
PARTS = ("bound", "checked", "resolvers", "first get of all")


def program(n: int) -> str:
    """Return a program of *n* providers: of five three singletons, a transient and a generator."""
    chance = random.Random(5)
    lines = ["from collections.abc import Iterator", "from tenure import Container"]
    binds = []
    for number in range(n):
        kind = KINDS[number % len(KINDS)]
        needs = chance.sample(range(max(0, number - 60), number), chance.randint(0, min(3, number)))
        if kind == TRANSIENT:  # a transient over transients is made as often as there are ways to it
            needs = [need for need in needs if KINDS[need % len(KINDS)] != TRANSIENT]
        parameters = [f"p{place}: C{need}" for place, need in enumerate(sorted(needs))]
        lines += [f"class C{number}:", f"    def __init__({', '.join(['self', *parameters])}) -> None: ..."]
        if kind == GENERATOR:
            names = ", ".join(parameter.partition(":")[0] for parameter in parameters)
            lines += [
                f"def open{number}({', '.join(parameters)}) -> Iterator[C{number}]:",
                f"    yield C{number}({names})",
            ]
        target = f"open{number}" if kind == GENERATOR else f"C{number}"
        binds.append(f"    container.bind({target}, scope={'transient' if kind == TRANSIENT else 'singleton'!r})")
    lines += ["def make_container(compiled=None):", "    container = Container(compiled=compiled)", *binds]
    return "\n".join([*lines, "    return container", f"KEYS = [{', '.join(f'C{number}' for number in range(n))}]"])


def run(folder: Path, *words: str) -> str:
    """Return what a fresh Python prints."""
    path = os.pathsep.join([str(folder), *sys.path])
    environment = os.environ | {"PYTHONPATH": path, "PYTHONPYCACHEPREFIX": str(folder / "pyc"), "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, cwd=folder, env=environment
    ).stdout


def main() -> None:
    """Print the table."""
    n, rounds = (int(word) for word in (*sys.argv[1:], *("1000", "5")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(program(n), encoding="utf-8")
        (folder / "measure.py").write_text(MEASURE, encoding="utf-8")
        run(folder, "-m", "tenure", "compile", "program:make_container", "-o", "wiring.py")
        best: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            for way, words in WAYS.items():
                times = json.loads(run(folder, "measure.py", *words))
                if number:  # the first writes the .pyc
                    best[way] = [min(pair) for pair in zip(times, best.get(way, times), strict=True)]
    print(f"{n} providers, CPython {sys.version.split()[0]}, ms")
    print(f"{'':15}" + "".join(f"{part:>18}" for part in (*PARTS, "ready", "all")))
    for way, times in best.items():
        shown = [*times, sum(times[:3]), sum(times)]
        print(f"{way:15}" + "".join(f"{time:18.1f}" for time in shown))
    for part, first in (("ready", 3), ("all", 4)):
        ahead = sum(best["ahead of time"][:first])
        ratios = ", ".join(f"{ahead / sum(best[way][:first]):.2f} of {way}" for way in ("checked", "unchecked"))
        print(f"{part}: {ratios}")


if __name__ == "__main__":
    main()
