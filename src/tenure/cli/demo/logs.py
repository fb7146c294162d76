"""
The logging configuration as a resource: a class with `__enter__` and `__exit__`.

Records go through a queue to a thread that writes them, so that logging never blocks the event loop.
"""

import logging
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from tenure import resource
from tenure.cli.demo.directory import DataDirectory


@resource(scope="singleton")
class Logs:
    """The demo's logger, writing to `app.log` from entering to leaving."""

    def __init__(self, directory: DataDirectory) -> None:
        self._path = directory.path / "app.log"
        self._logger = logging.getLogger("tenure.demo")
        self._queue: SimpleQueue[logging.LogRecord] = SimpleQueue()

    def __enter__(self) -> Self:
        """Start the writing thread and take over the logger."""
        self._file = logging.FileHandler(self._path, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
        self._listener = QueueListener(self._queue, self._file)
        self._listener.start()
        self._handler = QueueHandler(self._queue)
        self._logger.addHandler(self._handler)
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False  # to the file only: the screen is the demo's own
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is queued, end the thread, give the logger back."""
        self._logger.removeHandler(self._handler)
        self._logger.propagate = True
        self._handler.close()
        self._listener.stop()
        self._file.close()

    def info(self, message: str, *arguments: object) -> None:
        """Log that something went as intended."""
        self._logger.info(message, *arguments)

    def warning(self, message: str, *arguments: object) -> None:
        """Log that a request came to nothing."""
        self._logger.warning(message, *arguments)
