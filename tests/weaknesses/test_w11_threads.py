"""W11: threads that ask at the same time open as many."""

import threading

import pytest

from tests.weaknesses.support import Holds, Thing, contrast

THREADS = 8
PROVOKED = 0.1  # seconds that an opening waits for a second one to begin


def crowded(counts):
    """A generator function: the first opening waits until a second begins, or for `PROVOKED`."""
    lock, second = threading.Lock(), threading.Event()

    def opens():
        with lock:
            counts["opened"] += 1
            if counts["opened"] > 1:
                second.set()
        second.wait(PROVOKED)
        yield Thing("db")
        with lock:
            counts["closed"] += 1

    return opens


def crowd(call):
    """What *THREADS* threads get that call at the same time."""
    barrier, results = threading.Barrier(THREADS), []

    def one():
        barrier.wait()
        results.append(call())

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@contrast(theirs=Holds(lambda opened: opened > 1, "several"), ours=1)
def test_threads_open_a_resource_once(library):
    """W11, L41, #713: eight threads that ask at the same time open one resource."""
    counts = {"opened": 0, "closed": 0}
    container = library.container(db=library.resource(crowded(counts)))

    crowd(container.db)
    container.shutdown_resources()
    return counts["opened"]


@contrast(theirs=Holds(lambda leaked: leaked > 0, "some leaked"), ours=0)
def test_threads_leak_nothing(library):
    """W11, L9, L41: everything that threads opened is closed by one shutdown."""
    counts = {"opened": 0, "closed": 0}
    container = library.container(db=library.resource(crowded(counts)))

    crowd(container.db)
    container.shutdown_resources()
    return counts["opened"] - counts["closed"]


@contrast(theirs=Holds(lambda different: different > 1, "different values"), ours=1)
def test_threads_get_the_same_value(library):
    """W11, L2: all threads are given the identical object."""
    container = library.container(db=library.resource(crowded({"opened": 0, "closed": 0})))

    different = len({id(thing) for thing in crowd(container.db)})
    container.shutdown_resources()
    return different


@pytest.mark.parametrize("through", ["factory", "injected function"])
@contrast(theirs=Holds(lambda opened: opened > 1, "several"), ours=1)
def test_threads_open_once_through_others(library, through):
    """W11, L2: so they do where they ask through a factory or an injected function."""
    counts = {"opened": 0, "closed": 0}
    db = library.resource(crowded(counts))
    container = library.container(db=db, service=library.providers.Factory(list, library.providers.List(db)))
    function = library.injected(container, lambda db: db, db=library.wiring.Provide["db"])

    crowd(container.service if through == "factory" else function)
    container.unwire()
    container.shutdown_resources()
    return counts["opened"]


@contrast(theirs=Holds(lambda made: made > 1, "several"), ours=1)
def test_threads_make_a_singleton_once(library):
    """W11, L2: eight threads that ask at the same time make one singleton."""
    lock, second, made = threading.Lock(), threading.Event(), []

    def make():
        with lock:
            made.append(1)
            if len(made) > 1:
                second.set()
        second.wait(PROVOKED)
        return Thing("singleton")

    container = library.container(singleton=library.providers.Singleton(make))
    crowd(container.singleton)
    return len(made)


@contrast(theirs=1, ours=1)
def test_a_thread_safe_singleton_is_made_once(library):
    """W11, L2: a thread-safe singleton is one, in both libraries."""
    made = []
    container = library.container(
        singleton=library.providers.ThreadSafeSingleton(lambda: made.append(1) or Thing("one"))
    )
    crowd(container.singleton)
    return len(made)
