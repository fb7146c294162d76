"""What is no container, in every way that was thought of."""

from tenure import Container


class Needy:
    """Cannot be made without arguments."""

    def __init__(self, what: str): ...


class Made:
    """Must not be made to see what it is."""

    def __init__(self):
        raise AssertionError


class Derived(Container):
    """A class of containers."""


class Weird:
    """Raises when it is looked at."""

    def __getattr__(self, name: str):
        raise RuntimeError(f"no {name}")


def gives():
    """Give something else."""
    yield Container()


empty = Container()
weird = Weird()
nothing = None
text = "hunter2"
