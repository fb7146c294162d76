"""Each check has its own limit; all run at the same time, once for everybody; their answers are good for a while."""

import contextlib
import threading

import anyio
import pytest
from health_support import bound, of, raises, singleton, virtually

from tenure.health import Health


def hanging(name, timeout_s, **terms):
    """Return a class whose check never answers."""

    async def hang(_):
        await anyio.sleep_forever()

    return singleton(name, health=Health(hang, timeout_s=timeout_s, **terms))


def sleeping(name, seconds, log=None, **terms):
    """Return a class whose check takes *seconds*."""

    async def sleep(_):
        if log is not None:
            log.append(name)
        await anyio.sleep(seconds)

    return singleton(name, health=Health(sleep, **terms))


# On a clock that jumps: seconds are exact.


def test_a_report_takes_as_long_as_its_longest_check(virtual):
    """They run at the same time."""

    async def main(now):
        classes = [sleeping(f"S{i}", i, timeout_s=100) for i in range(1, 6)]
        async with bound(*classes) as container:
            began = now()
            report = await container.health()
        assert now() - began == 5
        assert report.status == "healthy"

    virtual(main)


def test_each_limit_is_its_own(virtual):
    """Who is late is unhealthy and keeps nobody waiting longer."""

    async def main(now):
        classes = hanging("A", 3), hanging("B", 7, critical=False), sleeping("C", 6.5, timeout_s=7)
        async with bound(*classes) as container:
            began = now()
            report = await container.health()
        assert now() - began == 7
        assert of(report) == {"A": "unhealthy", "B": "unhealthy", "C": "healthy"}
        assert [each.error for each in report.resources] == ["no answer within 3 s", "no answer within 7 s", None]
        assert report.readiness.reasons == ("A is unhealthy",)

    virtual(main)


def test_a_late_check_is_cancelled(virtual):
    """It goes on no longer than its limit."""

    async def main(now):
        ended = []

        async def hang(_):
            began = now()
            try:
                await anyio.sleep_forever()
            finally:
                ended.append(now() - began)

        async with bound(singleton("A", health=Health(hang, timeout_s=3))) as container:
            await container.health()
            await anyio.sleep(0.1)
            assert ended == [3]

    virtual(main)


def test_a_check_that_will_not_be_cancelled_is_left_behind(virtual):
    """It is not begun again while it runs, and once it has ended it is."""

    async def main(now):
        n_begun, release = [], []

        async def stubborn(_):
            n_begun.append(now())
            release.append(anyio.Event())
            with anyio.CancelScope(shield=True):
                while not release[-1].is_set():
                    with contextlib.suppress(anyio.get_cancelled_exc_class()):
                        await release[-1].wait()

        A = singleton("A", health=Health(stubborn, timeout_s=3, ttl_s=1))
        async with bound(A) as container:
            virtually(container, now)
            first = await container.health()
            assert (now(), len(n_begun)) == (3, 1)
            await anyio.sleep(10)
            began = now()
            second = await container.health()
            assert (now() - began, len(n_begun)) == (0, 1)
            assert first[A].error == "no answer within 3 s"
            assert second[A].error == "no answer within 3 s; the check has been running for 13 s"
            release[0].set()
            await anyio.sleep(2)
            with anyio.move_on_after(1):
                await container.health()
            assert len(n_begun) == 2
            release[1].set()
            await anyio.sleep(0)

    virtual(main)


def test_an_answer_is_good_for_a_while(virtual):
    """Nobody asks again before that; then it is asked anew."""

    async def main(now):
        log = []
        Short = sleeping("short", 0, log, ttl_s=1)
        Long = sleeping("long", 0, log, ttl_s=5)
        Never = sleeping("never", 0, log, ttl_s=0)
        async with bound(Short, Long, Never) as container:
            virtually(container, now)
            for _ in range(7):
                await container.health()
                await anyio.sleep(0.5)
        assert (log.count("short"), log.count("long"), log.count("never")) == (4, 1, 7)

    virtual(main)


def test_a_bad_answer_is_good_for_a_while_too(virtual):
    """What is down is not stormed."""

    async def main(now):
        n_asked = []

        async def ask(_):
            n_asked.append(1)
            raise OSError("down")

        A, B = singleton("A", health=Health(ask, ttl_s=2)), hanging("B", 1, ttl_s=2)
        async with bound(A, B) as container:
            virtually(container, now)
            for _ in range(3):
                began = now()
                report = await container.health()
        assert (len(n_asked), report[A].error, report[B].error, now() - began) == (1, "down", "no answer within 1 s", 0)

    virtual(main)


def test_ten_probes_make_one_check(virtual):
    """Who comes while it runs waits for its end."""

    async def main(now):
        log, reports = [], []
        A = sleeping("A", 2, log, ttl_s=0, timeout_s=3)
        async with bound(A) as container:
            virtually(container, now)

            async def probe(delay):
                await anyio.sleep(delay)
                reports.append((await container.health(), now()))

            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(probe, number / 10)
        assert log == ["A"]
        assert [of(report) for report, _ in reports] == [{"A": "healthy"}] * 10
        assert {at for _, at in reports} == {2}

    virtual(main)


def test_who_comes_later_waits_for_the_rest_of_the_limit(virtual):
    """The limit is that of the check, not of each who waits for it."""

    async def main(now):
        A, ends = hanging("A", 3), []
        async with bound(A) as container:
            virtually(container, now)

            async def probe(delay):
                await anyio.sleep(delay)
                ends.append((of(await container.health()), now()))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(probe, 0)
                tasks.start_soon(probe, 2)
        assert ends == [({"A": "unhealthy"}, 3)] * 2

    virtual(main)


def test_a_probe_that_goes_away_harms_nobody(virtual):
    """The check goes on for the others, and at most until its limit for nobody."""

    async def main(now):
        log, reports = [], []
        A, B = sleeping("A", 2, log), hanging("B", 4)
        async with bound(A, B) as container:
            virtually(container, now)

            async def probe():
                reports.append(of(await container.health()))

            async with anyio.create_task_group() as tasks:
                with anyio.move_on_after(1):
                    await container.health()
                tasks.start_soon(probe)
        assert (log, reports, now()) == (["A"], [{"A": "healthy", "B": "unhealthy"}], 4)

    virtual(main)


def test_a_cancelled_report_is_cancelled(virtual):
    """A limit around it holds."""

    async def main(now):
        async with bound(hanging("A", 100)) as container:
            with anyio.move_on_after(1) as scope:
                await container.health()
        assert (scope.cancelled_caught, now()) == (True, 1)

    virtual(main)


def test_scopes_go_on_meanwhile(virtual):
    """A check that hangs holds no scope and no other resource up."""

    async def main(now):
        async with bound(hanging("A", 100)) as container, anyio.create_task_group() as tasks:
            tasks.start_soon(container.health)
            await anyio.sleep(1)
            async with container.resource_scope() as scope:
                scope.get(singleton("Other"))
            assert now() == 1
            tasks.cancel_scope.cancel()

    virtual(main)


def test_closing_does_not_wait_for_checks(virtual):
    """What hangs is left behind."""

    async def main(now):
        async with anyio.create_task_group() as tasks:
            async with bound(hanging("A", 100)) as container:
                tasks.start_soon(container.health)
                await anyio.sleep(1)
            assert now() == 1
            tasks.cancel_scope.cancel()

    virtual(main)


# Memory.


@pytest.mark.anyio
async def test_what_is_closed_is_forgotten():
    """Answers are kept for what is open; the desk of a container dies with it."""
    from tenure.health import flights

    Db = singleton("Db", ask=raises)
    async with bound(Db) as container:
        for _ in range(5):
            await container.health()
            await container.areset(Db)
            container.get(Db)
        await container.health()
        desk = flights.desk_of(container.engine)
        assert (len(desk._answers), len(desk._flights), len(desk._since)) == (1, 0, 1)


def test_one_desk_for_all_threads():
    """Whoever comes first makes it."""
    from tenure.health import flights

    container, found = bound(), []
    threads = [threading.Thread(target=lambda: found.append(flights.desk_of(container.engine))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(desk) for desk in found}) == 1


def test_a_check_that_asks_for_a_report(virtual):
    """It would wait for itself, and does so no longer than its limit."""

    async def main(now):
        async def check(_):
            await container.health()

        async with bound(singleton("A", health=Health(check, timeout_s=3))) as container:
            virtually(container, now)
            report = await container.health()
            assert now() == 3
            assert of(report) == {"A": "unhealthy"}
            await anyio.sleep(1)

    virtual(main)


def test_an_answer_that_comes_too_late_is_nobodys(virtual):
    """That it was late is the answer, and good for as long as any."""

    async def main(now):
        n_begun, go_on = [], anyio.Event()

        async def stubborn(_):
            n_begun.append(1)
            with anyio.CancelScope(shield=True):
                while not go_on.is_set():
                    with contextlib.suppress(anyio.get_cancelled_exc_class()):
                        await go_on.wait()

        A = singleton("A", health=Health(stubborn, timeout_s=3, ttl_s=5))
        async with bound(A) as container:
            virtually(container, now)
            await container.health()
            await anyio.sleep(1)
            go_on.set()
            await anyio.sleep(1)
            assert (of(await container.health()), len(n_begun), now()) == ({"A": "unhealthy"}, 1, 5)
            await anyio.sleep(4)
            assert (of(await container.health()), len(n_begun)) == ({"A": "healthy"}, 2)

    virtual(main)
