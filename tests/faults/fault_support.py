"""What the tests of bad input share: small targets with known places, and what a container may hold afterwards."""

import inspect


def at(target, lines=0):
    """Return the `file:line` that an error has to name: of a function, or a class's first one, or so many lines on."""
    if inspect.isclass(target):
        target = next(value for value in vars(target).values() if inspect.isfunction(value))
    code = inspect.unwrap(target).__code__
    return f"{code.co_filename}:{code.co_firstlineno + lines}"


def is_idle(container):
    """Tell whether nothing is open in *container* and no scope is entered."""
    seen = container.snapshot()
    return seen.resources == () and [scope.name for scope in seen.scopes] == ["root"]


def is_all_closed(container):
    """Tell whether *container* is closed for good and owes nothing."""
    seen = container.snapshot()
    return (seen.state, seen.resources, seen.scopes) == ("closed", (), ())


def notes_of(error):
    """Return the notes of *error* as one text."""
    return "\n".join(getattr(error, "__notes__", ()))


def logged(key, log, name):
    """Return a generator function that makes *key* and writes its opening and closing into *log*."""

    def make():
        log.append(f"open {name}")
        try:
            yield key()
        finally:
            log.append(f"close {name}")

    return make


def alogged(key, log, name):
    """Return an async generator function that makes *key* and writes its opening and closing into *log*."""

    async def make():
        log.append(f"open {name}")
        try:
            yield key()
        finally:
            log.append(f"close {name}")

    return make
