"""Modules made of text, and a container whose resources write down what happens to them."""

import sys
import textwrap
import types

from tenure import containers
from tenure.providers import (
    Configuration,
    Container,
    Coroutine,
    Dependency,
    Factory,
    List,
    Object,
    Resource,
    Selector,
    Singleton,
)


class Fault(Exception):
    """What user code raises in these tests."""


class Service:
    def __init__(self, number=0, dependency=None):
        self.number = number
        self.dependency = dependency

    def double(self, plus=0):
        return self.number * 2 + plus


LOG = []
"""What resources did, in order; emptied before each test."""


class Opened:
    """A resource's value."""

    def __init__(self, name):
        self.name = name
        self.is_open = True


def opening(name):
    opened = Opened(name)
    LOG.append(f"open {name}")
    try:
        yield opened
    except BaseException as error:
        LOG.append(f"{name} sees {type(error).__name__}")
        raise
    finally:
        opened.is_open = False
        LOG.append(f"close {name}")


async def aopening(name):
    opened = Opened(name)
    LOG.append(f"open {name}")
    try:
        yield opened
    except BaseException as error:
        LOG.append(f"{name} sees {type(error).__name__}")
        raise
    finally:
        opened.is_open = False
        LOG.append(f"close {name}")


async def answer():
    return 42


class Inner(containers.DeclarativeContainer):
    given = Dependency(default=5)
    service = Singleton(Service, 7)
    session = Resource(opening, "inner session")


class Example(containers.DeclarativeContainer):
    config = Configuration()
    service = Singleton(Service, 1)
    made = Factory(Service, 2)
    inner = Container(Inner)
    chosen = Selector(config.which, one=Object("first"), two=Object("second"))
    numbers = List(1, 2)
    table = Object({"item": Service(3)})
    session = Resource(opening, "session")
    cache = Resource(opening, "cache")
    asession = Resource(aopening, "asession")
    repository = Factory(Service, 4, session)
    arepository = Factory(Service, 5, asession)
    coroutine = Coroutine(answer)


class Other(containers.DeclarativeContainer):
    extra = Object("extra")
    other_session = Resource(opening, "other session")


def module_of(name, text, **names):
    """Return a module, registered under *name*, that ran *text* with *names*."""
    module = types.ModuleType(name)
    module.__dict__.update(names)
    sys.modules[name] = module
    exec(compile(textwrap.dedent(text), f"{name}.py", "exec", dont_inherit=True), module.__dict__)
    return module
