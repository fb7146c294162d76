"""Two containers, a factory that fails, and what is no container."""

from tenure import Container

one = Container()
other = Container()
nothing = 1


def broken_factory():
    """Fail."""
    msg = "no way"
    raise ValueError(msg)


async def late_factory():
    """Make one too late."""
    return Container()


def with_arguments(settings):
    """Need what nobody gives."""
