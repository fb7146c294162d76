"""
One program, two libraries: what both faces of a comparison share.

A program is a function of a `Library`. It uses nothing but the names that dependency-injector has, so that only the
import root differs, and returns what was observed.
"""

import asyncio
import gc
import importlib
import inspect
import types

import pytest

THEIRS = "dependency_injector"
OURS = "tenure"


class Library:
    """The modules of a library, by the name of its import root."""

    def __init__(self, root):
        self.root = root
        self.providers = self.module("providers")
        self.containers = self.module("containers")
        self.wiring = self.module("wiring")
        self.resources = self.module("resources")

    def module(self, name):
        return importlib.import_module(f"{self.root}.{name}")

    def container(self, **providers):
        """An instance of a declarative container with these providers, in this order."""
        return self.declare(**providers)()

    def declare(self, **providers):
        return type("Program", (self.containers.DeclarativeContainer,), providers)

    def resource(self, opening, *args, **kwargs):
        return self.providers.Resource(opening, *args, **kwargs)

    def injected(self, container, function, **marks):
        """*function*, injected by *container*: each of *marks* is a parameter's marker, as its default."""
        parameters = [
            parameter.replace(default=marks.get(name, parameter.default))
            for name, parameter in inspect.signature(function).parameters.items()
        ]
        function.__defaults__ = tuple(each.default for each in parameters if each.default is not each.empty) or None
        module = types.ModuleType(f"wired_{id(container)}")
        module.function = self.wiring.inject(function)
        container.wire(modules=[module])
        return module.function

    def closing(self, name):
        """The marker of a resource that is closed after the call."""
        return self.wiring.Closing[self.wiring.Provide[name]]


class Holds:
    """Equals everything of which *question* holds; shows *text* where it does not."""

    def __init__(self, question, text):
        self.question = question
        self.text = text

    def __eq__(self, seen):
        return bool(self.question(seen))

    def __repr__(self):
        return f"<{self.text}>"


def contains(*items):
    return Holds(lambda seen: all(item in seen for item in items), f"has {items}")


def lacks(*items):
    return Holds(lambda seen: not any(item in seen for item in items), f"has none of {items}")


def contrast(*, theirs, ours):
    """
    Make two tests of a program: on dependency-injector it shows the weakness *theirs*, on Tenure it gives *ours*.

    Whatever the first leaves behind (warnings, tasks, coroutines that were never awaited) is swept up before the next
    test; the second may leave nothing behind.
    """
    sides = [
        pytest.param(THEIRS, theirs, id="theirs", marks=pytest.mark.filterwarnings("ignore")),
        pytest.param(OURS, ours, id="ours"),
    ]

    def decorate(program):
        def test(library, expected, **options):
            gc.freeze()  # only what the program made is looked through
            try:
                if inspect.iscoroutinefunction(program):
                    seen = asyncio.run(program(library, **options))
                else:
                    seen = program(library, **options)
                gc.collect()
            finally:
                gc.unfreeze()

            assert seen == expected

        others = [each for name, each in inspect.signature(program).parameters.items() if name != "library"]
        own = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("library", "expected")]
        kept = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in others]
        test.__signature__ = inspect.Signature([*own, *kept])
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            setattr(test, name, getattr(program, name))
        return pytest.mark.parametrize(("library", "expected"), sides, indirect=["library"])(test)

    return decorate


class Thing:
    """What a resource gives: it knows its name and whether it is open."""

    def __init__(self, name):
        self.name = name
        self.is_open = True

    def __repr__(self):
        return self.name


def opening(log, name, *, fails=None, fails_closing=None):
    """
    A generator function that opens *name*.

    It writes `+name` and `-name`, or `!name` where it raises *fails*, a list of errors that is used up, or
    *fails_closing*.
    """

    def opens(*_args, **_kwargs):
        if fails:
            log.append(f"!{name}")
            raise fails.pop()
        log.append(f"+{name}")
        thing = Thing(name)
        try:
            yield thing
        except GeneratorExit:  # nobody closed it: Python did, when it was collected
            raise
        except BaseException:
            close(thing)
            raise
        close(thing)

    def close(thing):
        thing.is_open = False
        log.append(f"-{name}")
        if fails_closing is not None:
            raise fails_closing

    return opens


def opening_async(log, name, *, gate=None, closing_gate=None, fails=None, fails_closing=None):
    """
    An async generator function that opens *name* once *gate* is set and closes it once *closing_gate* is.

    It writes `>name` when opening begins and `+name` when it ends, `~name` and `-name` for closing, `x…` where it is
    cancelled, and `!name` where it raises.
    """

    async def opens(*_args, **_kwargs):
        log.append(f">{name}")
        await passed(gate, log, name)
        if fails:
            log.append(f"!{name}")
            raise fails.pop()
        log.append(f"+{name}")
        thing = Thing(name)
        try:
            yield thing
        except GeneratorExit:  # nobody closed it: Python did, when it was collected
            raise
        except BaseException:
            await close(thing)
            raise
        await close(thing)

    async def close(thing):
        log.append(f"~{name}")
        await passed(closing_gate, log, f"~{name}")
        thing.is_open = False
        log.append(f"-{name}")
        if fails_closing is not None:
            raise fails_closing

    return opens


async def passed(gate, log, name):
    """Wait for *gate*; a cancellation is written down."""
    try:
        if gate is not None:
            await gate.wait()
    except asyncio.CancelledError:
        log.append(f"x{name}")
        raise


def live(log):
    """Names that *log* shows opened more often than closed."""
    names = sorted({entry[1:] for entry in log if entry.startswith("+")})
    return [name for name in names if log.count(f"+{name}") > log.count(f"-{name}")]


async def done(result):
    """The result of something that may or may not have to be awaited."""
    return await result if inspect.isawaitable(result) else result


async def turns(count=30):
    """Let every task run until it waits for something that only the program can bring about."""
    for _ in range(count):
        await asyncio.sleep(0)


async def outcome(awaitable):
    """What came out: the value, or the name of the error's class."""
    try:
        return await awaitable
    except BaseException as error:
        return type(error).__name__


def leaves(error):
    """The texts of the errors in *error*, which may be a group."""
    if isinstance(error, BaseExceptionGroup):
        return [text for each in error.exceptions for text in leaves(each)]
    return [str(error)]
