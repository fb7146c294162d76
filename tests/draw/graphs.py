"""Random views, and an application to draw."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure import Container
from tenure.draw.view import KINDS, Group, Link, Node, Note, View

LABELS = st.text(min_size=1, max_size=60)


@st.composite
def views(draw, most=24):
    """A view with any links at all: circles, several parts, links to oneself and against the order of groups."""
    n_groups = draw(st.integers(1, 4))
    n_nodes = draw(st.integers(0, most))
    nodes = tuple(
        Node(
            f"n{number}",
            draw(LABELS) if number % 5 == 0 else f"Thing{number}",
            draw(st.sampled_from(KINDS)),
            draw(st.sampled_from(["transient", "singleton", "request"])),
            f"group {draw(st.integers(0, n_groups - 1))}",
            draw(st.booleans()),
            "app",
            made_by=draw(st.sampled_from(["", "open_thing"])),
            notes=tuple(draw(st.sampled_from([(), (Note("error", "missing", "it <is> missing"),)]))),
        )
        for number in range(n_nodes)
    )
    ends = st.integers(0, max(n_nodes - 1, 0))
    pairs = draw(st.sets(st.tuples(ends, ends), max_size=3 * n_nodes)) if n_nodes else ()
    links = tuple(Link(f"n{u}", f"n{v}", ("it",)) for u, v in sorted(pairs))
    used = {node.group for node in nodes}
    groups = tuple(Group(f"group {at}", "a note") for at in range(n_groups) if f"group {at}" in used)
    return View("any", nodes, links, groups)


def on_random_views(test):
    """Play *test*, which takes a view, on many of them."""
    quiet = settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    return pytest.mark.slow(quiet(given(views())(test)))


def layered_app(n=300):
    """Return a container of *n* bindings as applications have them: infrastructure, then parts of twenty domains."""
    container, made = Container(scopes=("session", "request")), {}

    def bind(name, needs, form, scope):
        cls = made[name] = type(name, (), {"__module__": f"app.{name[:4].lower()}"})
        source = {"value": "def open_({}): return 1", "resource": "def open_({}):\n try: yield 1\n finally: pass"}
        source["async"] = "async " + source["resource"]
        names = [f"need_{at}" for at in range(len(needs))]
        space = {}
        exec(source[form].format(", ".join(names)), space)
        space["open_"].__annotations__ = {key: made[need] for key, need in zip(names, needs, strict=True)}
        space["open_"].__qualname__ = f"open_{name.lower()}"
        container.bind(cls, space["open_"], scope=scope)

    infrastructure = ["Settings", "Logger", "Clock", "Metrics", "Database", "Redis", "Http", "Broker"]
    for at, name in enumerate(infrastructure):
        bind(name, infrastructure[: min(at, 2)], "value" if at < 4 else "async", "singleton")
    bind("Session", ["Redis"], "async", "session")
    bind("Transaction", ["Database"], "async", "request")
    for at in range(n):
        domain = f"Domain{at:02}"
        parts = {
            "Client": (["Http", "Settings"], "async", "singleton"),
            "Cache": (["Redis", "Metrics"], "resource", "singleton"),
            "Repository": (["Transaction", f"{domain}Cache"], "value", "request"),
            "Policy": (["Settings", "Session"] if at % 2 else ["Settings"], "value", "request"),
            "Service": ([f"{domain}Repository", f"{domain}Policy", f"{domain}Client"], "value", "request"),
            "Handler": ([f"{domain}Service", "Logger"], "value", "request"),
            "Worker": ([f"{domain}Client", "Broker"], "async", "singleton"),
        }
        if at:
            parts["Service"][0].append(f"Domain{at // 3:02}Service")
        for part, (needs, form, scope) in parts.items():
            if len(made) == n:
                return container
            bind(f"{domain}{part}", needs, form, scope)
    return container
