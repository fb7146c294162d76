"""What happens to a server while it is under load, and when: after so many requests, never after so much time."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """
    Something that happens to a server.

    Args:
        name: as it is reported.
        after: share of all requests that have ended when it begins.
        begin: method of the server.
        end: method of the server that makes it good again, None where nothing has to be.
        n_failures: how many requests fail before it ends.
    """

    name: str
    after: float
    begin: str
    end: str | None = None
    n_failures: int = 20

    def fits(self, server: Any) -> bool:
        """Tell whether it can happen to *server*."""
        return all(name is None or hasattr(server, name) for name in (self.begin, self.end))


FAULTS = (
    Fault("connections ended", 0.10, "dismiss_all"),
    Fault("killed", 0.25, "kill", "start"),
    Fault("frozen", 0.45, "freeze", "thaw"),
    Fault("restarted", 0.70, "stop", "start"),
)


@dataclass
class Played:
    """What came of a fault; times in seconds."""

    name: str
    began: float
    ended: float = 0.0
    recovery_s: float | None = None
    """From the end of the fault until a request that began after it was served."""
    errors: Counter[str] = field(default_factory=Counter)
    """Of the requests that ended between its beginning and the recovery."""

    @property
    def outage_s(self) -> float:
        return self.ended - self.began


class Account:
    """
    What became of requests; from any thread.

    Attributes:
        n_served, n_gave_up: requests that got their answer; those that were cancelled on purpose.
        errors: the others, by class of error.
        latencies_s: of those served.
        wrong: what may never happen, as text.
        tail: whether each request was served, those that gave up left out, in the order of their ends.
        played: the faults.
    """

    def __init__(self, n_requests: int) -> None:
        self.changed = threading.Condition()
        self.n_requests = n_requests
        self.n_begun = self.n_served = self.n_gave_up = 0
        self.errors: Counter[str] = Counter()
        self.latencies_s: list[float] = []
        self.longest_s = 0.0
        self.wrong: list[str] = []
        self.tail: list[bool] = []
        self.served_tags: list[str] = []
        self.played: list[Played] = []
        self.is_over = False
        self.wish: Any = None
        """What the director waits for: it is woken when that is so, not at each request."""
        self.is_waited_for = False
        """Whether requests go on although enough have ended, until the last fault has been survived."""

    @property
    def n_failed(self) -> int:
        return self.errors.total()

    @property
    def n_ended(self) -> int:
        return self.n_served + self.n_gave_up + self.n_failed

    def next_number(self) -> int | None:
        """Return the number of a request that begins, None where there are to be no more."""
        with self.changed:
            if self.n_begun >= self.n_requests and not self.is_waited_for:
                return None
            self.n_begun += 1
            return self.n_begun

    def served(self, tag: str, began: float) -> None:
        now = time.perf_counter()
        with self.changed:
            self.n_served += 1
            self.served_tags.append(tag)
            self.latencies_s.append(now - began)
            self._note(began, now, is_served=True)
            last = self.played[-1] if self.played else None
            if last is not None and last.recovery_s is None and last.ended and began > last.ended:
                last.recovery_s = now - last.ended
            self._tell()

    def failed(self, kind: str, began: float) -> None:
        with self.changed:
            self.errors[kind] += 1
            if self.played and self.played[-1].recovery_s is None:
                self.played[-1].errors[kind] += 1
            self._note(began, time.perf_counter(), is_served=False)
            self._tell()

    def gave_up(self, began: float) -> None:
        with self.changed:
            self.n_gave_up += 1
            self.longest_s = max(self.longest_s, time.perf_counter() - began)
            self._tell()

    def _note(self, began: float, now: float, *, is_served: bool) -> None:
        self.longest_s = max(self.longest_s, now - began)
        self.tail.append(is_served)

    def _tell(self) -> None:
        if self.wish is not None and self.wish():
            self.changed.notify_all()

    def is_wrong(self, text: str) -> None:
        with self.changed:
            self.wrong.append(text)


class Director(threading.Thread):
    """
    Has faults happen to *server* while requests are counted in *account*, in their order.

    It is a thread of its own, so that it does the same to every kind of load.
    """

    PATIENCE_S = 40.0

    def __init__(self, server: Any, account: Account, faults: tuple[Fault, ...]) -> None:
        super().__init__(name="director", daemon=True)
        self._server = server
        self._account = account
        self._faults = faults
        account.is_waited_for = True

    def run(self) -> None:
        try:
            for fault in self._faults:
                self._play(fault)
        except Exception as error:
            self._account.is_wrong(f"the director failed: {error!r}")
        finally:
            with self._account.changed:
                self._account.is_waited_for = False

    def _play(self, fault: Fault) -> None:
        account = self._account
        self._until(lambda: account.n_ended >= fault.after * account.n_requests, f"{fault.name} can begin")
        n_failed, now = account.n_failed, time.perf_counter()
        with account.changed:
            account.played.append(Played(fault.name, now))
        getattr(self._server, fault.begin)()
        if fault.end is not None:
            self._until(lambda: account.n_failed >= n_failed + fault.n_failures, f"{fault.name} is felt")
            getattr(self._server, fault.end)()
        played = account.played[-1]
        with account.changed:
            played.ended = time.perf_counter()
        self._until(lambda: played.recovery_s is not None, f"requests are served after {fault.name}")

    def _until(self, is_so: Any, what: str) -> None:
        account = self._account
        with account.changed:
            account.wish = lambda: is_so() or account.is_over
            if not account.changed.wait_for(account.wish, self.PATIENCE_S):
                raise TimeoutError(f"{what}: not within {self.PATIENCE_S} s")
            account.wish = None
            assert is_so(), f"the load ended before {what}"
