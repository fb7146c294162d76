"""What `app.run` serves: `sanic_served.py LOG PORT N_WORKERS [broken]`; a line of LOG ends with a process."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from sanic import Request, Sanic, text

from tenure import Container
from tenure.ext.sanic import Inject, background, inject, setup

log, port, n_workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def told(what: str) -> None:
    with log.open("a") as file:
        file.write(f"{what} {os.getpid()}\n")


class Database:
    """Lives as long as a worker."""


class Session:
    """Lives as long as a request."""


class Unbound(Protocol):
    """Nothing is bound to it."""


async def open_database() -> AsyncIterator[Database]:
    told("database opened")
    try:
        yield Database()
    finally:
        told("database closed")


async def open_session(database: Database) -> AsyncIterator[Session]:
    told("session opened")
    try:
        yield Session()
    finally:
        told("session closed")


container = Container()
container.bind(open_database, scope="singleton")
container.bind(open_session, scope="request")
app = Sanic("served")


@background(container)
async def later(session: Session = Inject[Session]) -> None:
    told("background")


@app.after_server_start
async def serving(app: Sanic) -> None:
    told("serving")


@app.get("/")
@inject
async def index(request: Request, session: Session = Inject[Session]):
    app.add_task(later())
    return text(str(os.getpid()))


if sys.argv[4:] == ["broken"]:

    @app.get("/broken")
    @inject
    async def broken(request: Request, wanted: Unbound = Inject[Unbound]): ...


setup(app, container)

if __name__ == "__main__":
    app.run(port=port, workers=n_workers, single_process=n_workers == 1, access_log=False)
