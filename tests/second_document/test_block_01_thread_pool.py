"""A thread pool from a context manager, and logging from a function."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from second_support import logging_untouched

from tenure import containers, providers

# The document's program.


@contextmanager
def init_thread_pool(max_workers: int):
    thread_pool = ThreadPoolExecutor(max_workers=max_workers)
    yield thread_pool
    thread_pool.shutdown(wait=True)


class TaskDispatcher:
    def __init__(self, executor):
        self.executor = executor


def program():
    class Container(containers.DeclarativeContainer):
        config = providers.Configuration()

        thread_pool = providers.Resource(
            init_thread_pool,
            max_workers=config.max_workers,
        )

        logging = providers.Resource(
            logging.basicConfig,
            level=logging.INFO,
            stream=sys.stdout,
        )

        dispatcher = providers.Factory(
            TaskDispatcher,
            executor=thread_pool,
        )

    return Container


def main(Container):
    container = Container(config={"max_workers": 4})

    container.init_resources()

    logging.info("Resources are initialized")  # noqa: LOG015 - as printed
    thread_pool = container.thread_pool()
    thread_pool.map(print, range(10))

    container.shutdown_resources()
    return thread_pool


# What holds of it.


@pytest.fixture
def container(capsys):
    """Made while output is captured, since it takes `sys.stdout` along."""
    return program()(config={"max_workers": 4})


def test_the_program_prints_what_it_says(capsys):
    """The log's line first, then ten numbers in any order; the pool is shut down."""
    with logging_untouched():
        pool = main(program())
    first, *numbers = capsys.readouterr().out.replace("INFO:root:Resources are initialized\n", "I ").split()

    assert first == "I"
    assert sorted(map(int, numbers)) == list(range(10))
    assert pool._shutdown


def test_initialization_happens_once(container):
    """Like a singleton's."""
    container.init_resources()
    pool = container.thread_pool()

    assert container.thread_pool() is pool
    assert pool._max_workers == 4
    container.shutdown_resources()


def test_it_is_injected_like_any_other(container):
    """Each dispatcher is new, the pool is one."""
    one, two = container.dispatcher(), container.dispatcher()

    assert one is not two
    assert one.executor is two.executor is container.thread_pool()
    container.shutdown_resources()


def test_what_is_needed_is_initialized_on_the_way(container):
    """Nobody has to call `init_resources` first."""
    assert not container.thread_pool.initialized
    container.dispatcher()
    assert container.thread_pool.initialized
    container.shutdown_resources()


def test_one_by_one(container):
    """`init` and `shutdown` of the provider."""
    pool = container.thread_pool.init()
    assert container.thread_pool.initialized
    assert not pool._shutdown

    container.thread_pool.shutdown()
    assert not container.thread_pool.initialized
    assert pool._shutdown


def test_a_shutdown_forgets_the_value(container):
    """What is asked for next is new."""
    pool = container.thread_pool.init()
    container.thread_pool.shutdown()

    assert container.thread_pool() is not pool
    container.shutdown_resources()


def test_a_second_shutdown_does_nothing(container):
    """Nor does one of what was never initialized."""
    container.shutdown_resources()
    container.thread_pool.init()
    container.shutdown_resources()
    container.shutdown_resources()


def test_a_function_that_returns_nothing():
    """It is called all the same, and its value is None."""
    container = program()(config={"max_workers": 4})
    with logging_untouched() as root:
        container.init_resources()
        assert [handler.stream for handler in root.handlers] == [sys.stdout]
        assert container.logging() is None
        container.shutdown_resources()


def test_two_containers_have_two_pools(capsys):
    """Each instance has its own resources."""
    cls = program()
    one, two = cls(config={"max_workers": 1}), cls(config={"max_workers": 2})

    assert one.thread_pool() is not two.thread_pool()
    one.shutdown_resources()
    assert not two.thread_pool()._shutdown
    two.shutdown_resources()
