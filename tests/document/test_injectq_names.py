"""`tenure.compat.injectq`: the names that a program written for injectq imports."""

import threading

import tenure
import tenure.compat.injectq
from tenure.compat.injectq import InjectQ


def test_the_names_are_tenures():
    """Nothing is wrapped: what they do is what Tenure's do."""
    names = tenure.compat.injectq

    assert names.resource is tenure.resource
    assert names.managed_resource is tenure.managed_resource
    assert names.ResourceInitializationError is tenure.errors.ResourceInitializationError
    assert names.ResourceExhaustedError is tenure.errors.ResourceExhaustedError
    assert issubclass(InjectQ, tenure.Container)
    assert names.__all__ == sorted(names.__all__)


def test_a_container_gives_itself_by_either_name():
    """As `InjectQ`, and as the `Container` that it is."""
    container = InjectQ()

    assert container.get(InjectQ) is container
    assert container.get(tenure.Container) is container


def test_two_containers_know_nothing_of_each_other():
    """Only `get_instance` is shared."""
    assert InjectQ().get(InjectQ) is not InjectQ().get(InjectQ)


def test_the_instance_of_the_process_is_made_once(monkeypatch):
    """Whoever asks first, from whichever thread."""
    monkeypatch.setattr(InjectQ, "_instance", None)
    start, seen = threading.Barrier(8), []

    def ask():
        start.wait()
        seen.append(InjectQ.get_instance())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 8
    assert len(set(map(id, seen))) == 1
    assert isinstance(seen[0], InjectQ)
