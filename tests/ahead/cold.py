"""Count the calls of a cold start: `python cold.py N [MODULE]` prints those of binding, resolvers and first gets."""

import sys


def program(n):
    """Return classes of which each needs three others, and the container that they are bound in."""
    lines = ["from collections.abc import Iterator", "from tenure import Container"]
    for number in range(n):
        needs = [f"C{below}" for below in range(max(0, number - 3), number)]
        parameters = "".join(f", p{place}: {need}" for place, need in enumerate(needs))
        lines += [f"class C{number}:", f"    def __init__(self{parameters}) -> None: ..."]
    lines += [
        "def make_container(compiled: str | None = None) -> Container:",
        "    container = Container(compiled=compiled)",
    ]
    lines += [f"    container.bind(C{number}, scope='singleton')" for number in range(n)]
    return "\n".join([*lines, "    return container", f"KEYS = [{', '.join(f'C{number}' for number in range(n))}]"])


def counted(run):
    """Return how many functions *run* calls, built-in ones included."""
    n_calls = 0

    def count(_frame, event, _argument):
        nonlocal n_calls
        n_calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(None)
    return n_calls


if __name__ == "__main__":
    names = {"__name__": "program"}
    exec(program(int(sys.argv[1])), names)
    containers = []
    make = names["make_container"]
    make(*sys.argv[2:])  # imports are no part of it
    n_bound = counted(lambda: containers.append(make(*sys.argv[2:])))
    n_ready = counted(lambda: [containers[0].engine.resolvers[key] for key in names["KEYS"]])
    n_got = counted(lambda: [containers[0].get(key) for key in names["KEYS"]])
    print(n_bound, n_ready, n_got)
