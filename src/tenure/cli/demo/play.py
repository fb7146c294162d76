"""One run of the demo, from the first look at the system to the last."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from tenure import Container
from tenure.cli.demo.audit import observe_system
from tenure.cli.demo.checks import Evidence
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.display import Display
from tenure.cli.demo.http_client import HttpClientPool
from tenure.cli.demo.recorder import Recorder
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.signals import Stop
from tenure.cli.demo.stored import Stored, read_stored
from tenure.cli.demo.traffic import Told, Traffic
from tenure.cli.demo.wiring import wire_application, wire_run
from tenure.cli.screen import Screen


@dataclass(slots=True)
class Notes:
    """What is written down while the run goes on."""

    application: Recorder = field(default_factory=Recorder)
    run: Recorder = field(default_factory=Recorder)
    told: Told = field(default_factory=Told)
    n_sent: int = 0
    n_alive: int = 0
    directory: Path | None = None
    """Where the run wrote; None if it did not get that far."""
    stored: Stored = field(default_factory=Stored)
    failures: list[Exception] = field(default_factory=list)


async def play(settings: Settings, screen: Screen, stop: Stop) -> Evidence:
    """Run the demo until its traffic is over or *stop* is requested, and return what is known about it then."""
    notes = Notes()
    before = observe_system()
    try:
        with stop.listening():
            await _play_run(settings, screen, stop, notes)
    except Exception as error:  # noqa: BLE001 - whatever it is, the verdict names it
        notes.failures.append(error)

    return Evidence(
        told=notes.told,
        n_sent=notes.n_sent,
        application=notes.application,
        run=notes.run,
        n_alive=notes.n_alive,
        stored=notes.stored,
        before=before,
        after=observe_system(),
        is_directory_left=notes.directory is not None and notes.directory.exists(),
        failures=notes.failures,
    )


async def _play_run(settings: Settings, screen: Screen, stop: Stop, notes: Notes) -> None:
    run = wire_run()
    run.observe(notes.run)
    async with run:
        directory = run.get(DataDirectory)
        notes.directory = directory.path
        await _play_application(wire_application(settings, directory), settings, screen, stop, notes)
        notes.stored = read_stored(directory.path)
    notes.n_alive += _count_alive(run)


async def _play_application(container: Container, settings: Settings, screen: Screen, stop: Stop, notes: Notes) -> None:
    container.observe(notes.application)
    async with Display(screen, notes.application, settings.n_requests) as display:
        try:
            async with container:
                display.say_started()
                await _serve(container, display, stop, notes)
        except Exception as error:  # noqa: BLE001 - whatever it is, the verdict names it
            notes.failures.append(error)
    display.say_closed()
    notes.n_alive += _count_alive(container)


async def _serve(container: Container, display: Display, stop: Stop, notes: Notes) -> None:
    traffic = container.get(Traffic)
    clients = container.get(HttpClientPool)
    notes.told = traffic.told
    display.serve(traffic)
    try:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(traffic.run(stop.first), name="demo traffic")
            obeying = group.create_task(_obey(stop, asking, display), name="demo signals")
            asking.add_done_callback(lambda _: obeying.cancel())
    finally:
        notes.n_sent = clients.n_sent
        display.say_served()


async def _obey(stop: Stop, asking: asyncio.Task[None], display: Display) -> None:
    await stop.first.wait()  # the traffic sees it by itself
    display.say_stopping(stop.name)
    await stop.second.wait()
    asking.cancel()


def _count_alive(container: Container) -> int:
    return sum(view.state != "closed" for view in container.snapshot().resources)
