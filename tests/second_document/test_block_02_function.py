"""A function initializer: what it returns is the resource; nothing is owed."""

import logging
import logging.config

import pytest
from second_support import logging_untouched

from tenure import containers, providers


class SomeResource:
    def __init__(self, *arguments):
        self.arguments = arguments


# The document's programs.


def init_resource(argument1=..., argument2=...):
    return SomeResource(argument1, argument2)


class Container(containers.DeclarativeContainer):
    resource = providers.Resource(
        init_resource,
        argument1=...,
        argument2=...,
    )


class LoggingContainer(containers.DeclarativeContainer):
    configure_logging = providers.Resource(
        logging.config.fileConfig,
        fname="logging.ini",
    )


# What holds of them.

INI = """
[loggers]
keys = root

[handlers]
keys = lines

[formatters]
keys =

[logger_root]
level = DEBUG
handlers = lines

[handler_lines]
class = FileHandler
args = ("app.log",)
"""


def test_what_the_function_returns():
    """It was called once, with the arguments."""
    container = Container()
    container.init_resources()
    resource = container.resource()

    assert type(resource) is SomeResource
    assert resource.arguments == (..., ...)
    assert container.resource() is resource
    container.shutdown_resources()


def test_shutdown_forgets_it():
    """There is nothing else to do."""
    container = Container()
    resource = container.resource.init()
    container.resource.shutdown()

    assert not container.resource.initialized
    assert container.resource() is not resource
    container.shutdown_resources()


def test_arguments_may_be_providers():
    """They stand for their values."""
    with Container.resource.override(providers.Resource(init_resource, providers.Object(1), argument2=2)):
        container = Container()
        assert container.resource().arguments == (1, 2)
        container.shutdown_resources()


def test_a_global_resource(tmp_path, monkeypatch):
    """Logging is configured from a file; the value is None."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logging.ini").write_text(INI)
    container = LoggingContainer()
    with logging_untouched():
        container.init_resources()
        logging.getLogger("second_document.block_02").debug(
            "configured"
        )  # no other test's: one that is there is disabled
        assert container.configure_logging() is None
        container.shutdown_resources()

    assert (tmp_path / "app.log").read_text() == "configured\n"


def test_a_function_that_fails():
    """The error is the function's own, and nothing is remembered."""
    container = LoggingContainer()
    with pytest.raises((FileNotFoundError, KeyError), match=r"logging\.ini"):
        container.init_resources()
    assert not container.configure_logging.initialized
