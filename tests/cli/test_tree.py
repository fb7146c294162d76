"""The progress tree: who opens, for how long, and who waits for whom."""

from tenure.cli.life import Life
from tenure.cli.planning import Step
from tenure.cli.text import UNICODE
from tenure.cli.tree import summary, tree_lines
from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeLeaving,
    StartEnded,
)

NEEDS = {"Settings": (), "Database": ("Settings",), "Cache": ("Settings",), "Shop": ("Database", "Cache"), "Mail": ()}


def life():
    """Return the life of a shop at second 0."""
    found = Life([Step(name, name, 1, True, needs, "singleton", None) for name, needs in NEEDS.items()])
    found.began_at = 0.0
    return found


def of(name, at, scope="root"):
    """Return what every event of a resource begins with."""
    return at, 1, name, name, scope, 1


def opened(found, *names, at=1.0):
    for name in names:
        found(Opening(*of(name, at - 0.5)))
        found(Opened(*of(name, at), 0.5, ()))


def drawn(found, now):
    lines = tree_lines(found.rows(), found.act, found.began_at, now, UNICODE)
    return ["".join(span.text for span in line).rstrip() for line in lines]


def told(found, act, elapsed_s=2.0):
    return ["".join(span.text for span in line) for line in summary(found.rows(), act, elapsed_s, UNICODE)]


def test_before_anything_opens():
    """Everything stands under what it needs, and says what it waits for."""
    assert drawn(life(), 0.25) == [
        "starting  0 of 5 open  250 ms",
        "· Settings  waits",
        "· ├─ Database  waits for Settings",
        "· └─ Cache  waits for Settings",
        "·    └─ Shop  waits for Database, Cache",
        "· Mail  waits",
    ]


def test_while_it_opens():
    """What opens says for how long; what waits names only what is not open yet."""
    found = life()
    opened(found, "Settings", "Database")
    found(Opening(*of("Cache", 1.0)))

    assert drawn(found, 3.5)[1:] == [
        "✓ Settings  500 ms",
        "✓ ├─ Database  500 ms",
        "● └─ Cache  opening for 2.50 s",
        "·    └─ Shop  waits for Cache",
        "· Mail  waits",
    ]


def test_a_retry_and_a_failure():
    """An attempt that failed is told with its error, and so is the end."""
    found = life()
    found(Opening(*of("Mail", 0.0)))
    found(OpenRetried(*of("Mail", 1.0), 1, 0.1, OSError("smtp://me:hunter2@mail is down")))
    assert drawn(found, 2.0)[-1] == "● Mail  opening for 2.00 s  attempt 2 after OSError: smtp://me:***@mail is down"

    found(OpenFailed(*of("Mail", 2.0), 2.0, OSError("down")))

    assert drawn(found, 2.0)[-1] == "✗ Mail  OSError: down"
    assert told(found, "no start") == ["✗ the start ended after 2.00 s; all is closed", "  ✗ Mail: OSError: down"]


def test_while_it_closes():
    """The close begins when the container is left."""
    acts = []
    found = life()
    found.then(acts.append)
    opened(found, *NEEDS)
    found(StartEnded(5.0, "root", 1, 5.0, None))
    found(ScopeLeaving(6.0, "root", 1, None))
    found(Closing(*of("Shop", 6.0)))
    assert drawn(found, 7.0)[1:5] == [
        "✓ Settings  waits for Database, Cache",
        "✓ ├─ Database  waits for Shop",
        "✓ └─ Cache  waits for Shop",
        "●    └─ Shop  closing for 1.00 s",
    ]

    found(Closed(*of("Shop", 7.0), 1.0, 6.0, None))
    found(CloseFailed(*of("Cache", 8.0), 1.0, 6.0, OSError("no")))
    found(Closing(*of("Database", 7.0)))
    found(Abandoned(*of("Database", 9.0), 2.0))

    assert drawn(found, 9.0) == [
        "closing  1 of 5 closed  3.00 s",
        "✓ Settings",
        "✗ ├─ Database  given up after 2 s",
        "✗ └─ Cache  OSError: no",
        "·    └─ Shop  1.00 s",
        "✓ Mail",
    ]
    assert told(found, "close") == [
        "✗ closed 1 resource in 2.00 s, slowest Shop 1.00 s",
        "  ✗ Database: given up after 2 s",
        "  ✗ Cache: OSError: no",
    ]
    assert acts == ["serve", "close"]


def test_what_is_made_anew_ends_nothing():
    """A reset closes and opens while the program serves."""
    found = life()
    opened(found, *NEEDS)
    found(StartEnded(5.0, "root", 1, 5.0, None))
    found(Closing(*of("Shop", 6.0)))
    found(Closed(*of("Shop", 7.0), 1.0, 6.0, None))

    assert found.act == "serve"


def test_scopes_do_not_count():
    """What a request opens and closes while the program serves is not the container's."""
    found = life()
    opened(found, *NEEDS)
    found(StartEnded(5.0, "root", 1, 5.0, None))
    found(Opening(*of("Session", 6.0, "request")))
    found(Closing(*of("Session", 7.0, "request")))

    assert found.act == "serve"
    assert [row.name for row in found.rows()] == [*NEEDS]


def test_what_the_plan_did_not_know():
    """A resource that opening code asked for stands at the end."""
    found = life()
    opened(found, "Secret")

    assert drawn(found, 2.0)[-1] == "✓ Secret  500 ms"
