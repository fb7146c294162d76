"""Many who use a value that ends all the time, while its making fails now and then: none is closed while it is used."""

import random
import threading

import anyio
import pytest

from tenure import Refreshing, Retry

pytestmark = pytest.mark.slow

SHORT = {"lifetime_s": 0.004, "renew_before_s": 0.002, "between": Retry(backoff=0.0005), "on_failure": lambda _: None}


class Issuer:
    def __init__(self):
        self.open, self.n, self.lock, self.draw = set(), 0, threading.Lock(), random.Random(7)

    def _next(self):
        if self.draw.random() < 0.2:
            raise OSError("down")
        with self.lock:
            self.n += 1
            self.open.add(self.n)
            return self.n

    def _end(self, number):
        with self.lock:
            self.open.remove(number)

    def token(self):
        number = self._next()
        yield number
        self._end(number)

    async def atoken(self):
        await anyio.sleep(self.draw.random() * 0.001)
        number = self._next()
        yield number
        self._end(number)


@pytest.mark.anyio
async def test_on_a_loop():
    """Renewed by a task, used by many."""
    issuer, n_served = Issuer(), 0
    async with Refreshing(issuer.atoken, **SHORT) as tokens:

        async def use():
            nonlocal n_served
            for _ in range(20):
                try:
                    async with tokens.lease() as number:
                        assert number in issuer.open
                        await anyio.sleep(issuer.draw.random() * 0.004)
                        assert number in issuer.open
                        n_served += 1
                except OSError:
                    pass

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(use)

    assert n_served > 50
    assert issuer.n > 3
    assert issuer.open == set()


def test_over_threads():
    """Renewed by a thread and by those who ask."""
    issuer, errors = Issuer(), []
    with Refreshing(issuer.token, **SHORT) as tokens:

        def work():
            try:
                for _ in range(200):
                    try:
                        with tokens.lease() as number:
                            assert number in issuer.open
                    except OSError:
                        pass
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert errors == []
    assert issuer.open == set()
    assert issuer.n > 0
