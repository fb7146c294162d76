"""The 70 laws of resource lifecycle: the one place that names them; the rig, the documents and the tables read it."""

from dataclasses import dataclass

KINDS = (
    "acquisition",
    "release",
    "ordering",
    "errors",
    "cancellation",
    "tasks",
    "threads",
    "scopes",
    "sync and async",
    "replacing",
    "time limits",
    "parallel start",
    "retry and health",
    "process",
)
"""In order of the numbers of their laws."""


@dataclass(frozen=True, slots=True)
class Law:
    """One promise about opening and closing."""

    number: int
    title: str
    """At most eight words."""
    statement: str
    """One sentence."""
    kind: str
    """One of `KINDS`."""
    rig: str = ""
    """Letters of the drivers of Tenure's rig that show it, where no check can observe it from outside."""

    @property
    def name(self) -> str:
        """The name it is quoted by, such as "L18"."""
        return f"L{self.number}"


def _laws(kind: str, first: int, *texts: tuple[str, str] | tuple[str, str, str]) -> tuple[Law, ...]:
    return tuple(Law(first + i, text[0], text[1], kind, *text[2:]) for i, text in enumerate(texts))


LAWS: tuple[Law, ...] = (
    *_laws(
        "acquisition",
        1,
        ("building runs nothing", "Declaring, checking, overriding or building a container runs no user code."),
        (
            "opened once, shared by all",
            "Within one scope a key is opened at most once, and everybody gets that object.",
        ),
        ("owed exactly when opened", "A closing is owed for what was opened, and never for what failed to open."),
        ("a failed start leaves nothing", "A failed eager start closes what it opened and can be tried again."),
        ("a failed get leaves nothing", "What a failed get opened on its way is closed at the latest by the close."),
        ("one yield; every value counts", "A generator yields once, and None, False or an exception are values too."),
        ("failure is not remembered", "The next get after a failure tries again, and errors do not grow by sharing."),
        ("never in limbo", "A cancelled opening either never happened, or is owed and closed."),
    ),
    *_laws(
        "release",
        9,
        ("closed once", "Whatever is owed is closed once, over any mix of closes, ends of scopes and errors."),
        ("closed completely", "When close returns or raises, nothing is open."),
        ("never closed early", "Nothing is closed while something that needs it, or its scope, is open."),
        ("only your own is closed", "An object that was given ready-made is never closed."),
        (
            "closing learns the outcome",
            "A resource of a scope is shown the error of the body, and none where there was none.",
        ),
        (
            "failure stays failure",
            "A resource that swallows the error in its closing does not hide it from the caller.",
        ),
        ("close again, close together", "Closing again does nothing; who closes meanwhile waits for the end."),
        ("nothing is kept alive", "After close the container holds on to no object it made."),
        ("early closing ends the debt", "What was closed early is not closed again by the close."),
    ),
    *_laws(
        "ordering",
        18,
        ("dependents close first", "The closing of a dependent has ended before that of what it needs begins."),
        ("reverse of opening", "One after the other, closing is the exact reverse of opening, every time the same."),
        (
            "needs found while running count",
            "What opening code asks the container for orders the closing like a declared need.",
        ),
        ("priority never beats a need", "An explicit priority or phase never overrules that one thing needs another."),
        (
            "independent closings overlap",
            "Closing in parallel takes as long as the longest chain and keeps every chain's order.",
        ),
    ),
    *_laws(
        "errors",
        23,
        ("every closing error arrives", "Each error that closing code raised is reachable from what close raises."),
        (
            "no error stops the closing",
            "Closing code that raises anything at all, Ctrl-C included, stops no other closing.",
        ),
        ("the first error leads", "The error of the body leaves as itself, and closing errors travel with it."),
        ("exits stay exits", "KeyboardInterrupt and SystemExit leave as themselves, after everything is closed."),
        ("cancellation stays bare", "A cancelled asyncio task ends as cancelled, and its timeout as TimeoutError."),
        ("errors say where", "An error of opening or closing says which resource it was and by which path."),
        (
            "errors without a caller arrive",
            "Errors that have no caller reach one place, and a failing observer harms nothing.",
        ),
    ),
    *_laws(
        "cancellation",
        30,
        ("closing is not cancelled", "Closing code runs to its end however often its caller is cancelled."),
        ("cancellation is not lost", "A cancellation that comes during a closing is raised once that is done."),
        ("opening is whole", "An opening that is cancelled is completed or undone, never left in between."),
        (
            "one waiter's cancellation is his own",
            "Cancelling one who waits for a shared opening harms no other, and is prompt.",
        ),
        ("cancelled before the start", "Who is cancelled beforehand opens nothing, and a close closes all the same."),
        (
            "closing inside a cancelled scope",
            "Inside a cancelled trio scope, closing code that waits comes to its end.",
        ),
        ("the second cancel stays outside", "A second native cancellation does not reach closing code either."),
    ),
    *_laws(
        "tasks",
        37,
        ("a get before or after close", "A get beside a close is served and then closed, or refused; never leaked."),
        ("circles are errors", "A circle of needs, also one spread over two tasks, is an error and never a hang."),
        ("asking from inside", "Asking or closing from within opening or closing code works or raises, never hangs."),
        ("no trace after close", "After close no task, thread, timer or open generator of the container remains."),
    ),
    *_laws(
        "threads",
        41,
        ("threads share one opening", "Threads that ask or close at once open once and close once."),
        ("no lock over user code", "While one resource opens, others that do not need it can open."),
        ("waiters survive a failure", "When an opening fails, those who wait for it try again or get the error."),
        ("bound to its thread", "A resource opens and closes on one thread where it is declared to."),
        ("closing needs no token", "Closing never waits for a slot, token or lock that users may hold.", "I"),
    ),
    *_laws(
        "scopes",
        46,
        (
            "children close before parents",
            "Closing a container closes open scopes first or refuses; ended scopes leave nothing.",
        ),
        ("siblings do not share", "Scopes have their own instances, and singletons are the container's whoever asks."),
        (
            "the short-lived is not captured",
            "Something long-lived that needs something shorter-lived is rejected beforehand.",
        ),
        ("each call's own is closed", "What is made anew for each asking is closed by the scope that asked."),
        ("closed means closed", "What is closed refuses to serve, and never hands out what it closed."),
    ),
    *_laws(
        "sync and async",
        51,
        (
            "refused before any effect",
            "A sync get of something async, or a sync close of it, fails before it does anything.",
        ),
        ("one task for both halves", "An async resource opens and closes in the same task and context."),
        ("context stays inside", "Context variables set while opening are there while closing, and in no sibling."),
        (
            "bound to its loop",
            "Another event loop gets an immediate error, and a dead one does not keep sync things open.",
        ),
        ("all worlds alike", "The same graph, requests and faults give the same trace in every world."),
        (
            "a crash inside reaches the body",
            "When a resource's own task fails, the body of its scope is cancelled and told.",
        ),
    ),
    *_laws(
        "replacing",
        57,
        ("override and back", "What is overridden is not opened, and afterwards the same original is there again."),
        (
            "reset rebuilds the dependents",
            "A reset closes the dependents, then the resource, and next time makes exactly those.",
        ),
        ("start and close again", "Started and closed again, a container makes everything anew and grows by nothing."),
    ),
    *_laws(
        "time limits",
        60,
        ("openings end at their limit", "An opening that runs over its limit ends, is undone and named."),
        ("closings end at theirs", "A closing that hangs is abandoned at its limit and named; all others still run."),
        ("a hung sync closing too", "A synchronous closing that hangs blocks neither the caller nor the exit."),
    ),
    *_laws(
        "parallel start",
        63,
        (
            "independent openings overlap",
            "A start takes as long as the longest chain, and at most `max_parallel` open at once.",
        ),
        ("the first failure ends it", "After the first failure nothing new opens, and everything opened is closed."),
    ),
    *_laws(
        "retry and health",
        65,
        (
            "retries are clean and limited",
            "An attempt starts only when nothing of the last one is open, and a cancel ends it.",
        ),
        ("looking changes nothing", "A probe opens nothing, waits for nothing and raises nothing."),
    ),
    *_laws(
        "process",
        67,
        ("signals close in order", "One SIGINT or SIGTERM at any moment closes everything in order.", "F"),
        ("the second signal has a rule", "A second signal during the closing follows the stated policy.", "F"),
        (
            "Ctrl-C at any bytecode",
            "KeyboardInterrupt at any bytecode of the library leaves nothing opened and not owed.",
            "D",
        ),
        ("forgotten is found", "What nobody closed is named in a ResourceWarning, and closed in order at exit.", "F"),
    ),
)
"""All of them, by number: `LAWS[17]` is L18."""


def law(name: str) -> Law:
    """
    Return the law quoted as *name*, such as "L18".

    Raises:
        LookupError: there is none.
    """
    number = int(name[1:]) if name[:1] == "L" and name[1:].isdigit() else 0
    if not 1 <= number <= len(LAWS):
        raise LookupError(f"the laws are L1 to L{len(LAWS)}; not {name!r}")
    return LAWS[number - 1]
