"""An application without an event loop."""

from collections.abc import Iterator

from tenure import Container


class Store: ...


def open_store() -> Iterator[Store]:
    try:
        yield Store()
    finally:
        print("store closed")


container = Container()
container.bind(Store, open_store, scope="singleton")


def main(*arguments: str):
    """Say what it was given, and return how much that was."""
    print("given", *arguments)
    return len(arguments)


def failing(store: Store):
    """Fail."""
    msg = "nothing to sell"
    raise LookupError(msg)
