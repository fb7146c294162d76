"""The start as a tree, from stories made by hand."""

from tenure.cli.demo.recorder import Story
from tenure.cli.demo.startup import critical_path, lay_out, start_lines
from tenure.cli.text import ASCII, Line, width_of


def opened(number: int, label: str, opening_at: float, opened_at: float, *needs: int) -> Story:
    return Story(number, label, opening_at, needs, opened_at)


def diamond() -> list[Story]:
    """Server needs Pool and Files, both need Threads; Pool is the slower one. Logs stands alone."""
    return [
        opened(1, "Threads", 0.0, 0.1),
        opened(2, "Logs", 0.0, 0.2),
        opened(3, "Files", 0.1, 0.3, 1),
        opened(4, "Pool", 0.1, 0.6, 1),
        opened(5, "Server", 0.6, 1.0, 3, 4),
    ]


def texts(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line).rstrip() for line in lines]


def test_a_resource_hangs_under_the_one_it_waited_for() -> None:
    """Of two needs, the one that was open last is the parent; the other one is named beside."""
    rows = [(row.branch + row.story.label, row.others) for row in lay_out(diamond(), ASCII)]

    assert rows == [
        ("Threads", ()),
        ("|- Files", ()),
        ("`- Pool", ()),
        ("   `- Server", ("Files",)),
        ("Logs", ()),
    ]


def test_the_critical_path_leads_to_what_opened_last() -> None:
    """It holds what the last one waited for, and what that one waited for, and nothing else."""
    assert {1, 4, 5} == critical_path(diamond())


def test_nothing_opened_is_no_path() -> None:
    """A start without resources has no critical path and no rows."""
    assert (set(), []) == (critical_path([]), lay_out([], ASCII))


def test_report_draws_tree_times_and_path() -> None:
    """The report names the whole, each part with its time and place in time, and the critical path."""
    report = texts(start_lines(diamond(), 0.0, 1.0, 64, ASCII))

    assert report == [
        "Opened 5 resources in 1.00 s, in parallel; their times add up to 1.40 s",
        "* Threads         100 ms  ###",
        "  |- Files        200 ms     #####",
        "* `- Pool         500 ms     ##############",
        "*    `- Server    400 ms                   ###########  + Files",
        "  Logs            200 ms  ######",
        "* critical path: Threads > Pool > Server",
    ]


def test_report_fits_narrow_terminals() -> None:
    """On 40 columns no row of the tree is wider than that."""
    rows = start_lines(diamond(), 0.0, 1.0, 40, ASCII)[1:-1]

    assert all(width_of(row) <= 40 for row in rows)


def test_needs_outside_the_container_are_passed_over() -> None:
    """A need that is no story, as a resource of an outer container is, makes a root."""
    rows = lay_out([opened(7, "Pool", 0.0, 0.1, 99)], ASCII)

    assert [(row.branch, row.story.label, row.others) for row in rows] == [("", "Pool", ())]
