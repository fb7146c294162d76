"""What the scenes bind: connections and transactions that write down what happens to them."""

from typing import Any

from tenure import Container, resource
from tenure.runtime.scope import current
from tests.laws.rig.trace import CLOSE_FAILED, CLOSED, CLOSING, FAILED, INTERRUPTED, OPENED, Life, Trace
from tests.laws.servers.worlds import finish


class Link:
    """A connection, or a transaction on one: what the resources of a scene give."""

    def __init__(self, raw: Any, life: Life) -> None:
        self.raw = raw
        self.life = life


class Resources:
    """
    Binds resources of one client, for one server.

    Args:
        client: see `clients`.
        server: where connections lead.
        container: where they are bound.
    """

    def __init__(self, client: Any, server: Any, container: Container) -> None:
        self.client, self.server, self.container = client, server, container
        self.trace = Trace()
        self.era = ""
        """Tells lives of one resource apart that may overlap, as under an override."""
        self.last: dict[Any, Link] = {}
        """By key, what was opened last."""

    def connection(
        self, name: str = "Connection", need: type | None = None, scope: str | None = None, **options: Any
    ) -> type:
        """Bind a connection, a singleton unless *scope* says otherwise; return its key. *port* may point elsewhere."""
        port = options.pop("port", self.server.port)

        key = type(name, (), {})
        self.container.bind(key, self._connecting(key, need, port, scope, options))
        return key

    def connection_target(self, name: str) -> Any:
        """Return what opens a connection, to be put in the place of another."""
        return self._connecting(type(name, (), {}), None, self.server.port, None, {})

    def _connecting(self, key: type, need: type | None, port: int, scope: str | None, options: Any) -> Any:
        async def open_(_: Any) -> Any:
            return await self.client.connect(port)

        async def close(link: Link, error: BaseException | None) -> None:
            await self.client.close(link.raw)

        return self.target(key, need, open_, close, scope, **options)

    def transaction(self, need: type, name: str = "Transaction", scope: str | None = "request", **options: Any) -> type:
        """Bind a transaction on the connection *need*: undone where it is shown an error, else committed."""

        async def open_(connection: Link) -> Any:
            await self.client.begin(connection.raw)
            return connection.raw

        async def close(link: Link, error: BaseException | None) -> None:
            await (self.client.commit if error is None else self.client.roll_back)(link.raw)

        key = type(name, (), {})
        self.container.bind(key, self.target(key, need, open_, close, scope, **options))
        return key

    def target(self, key: type, need: type | None, open_: Any, close: Any, scope: str | None, **options: Any) -> Any:
        """Return a resource of this stage, a generator function of the kind that suits the client."""
        opening = self._opening(key, scope, open_)
        closing = self._closing(close)
        shell = (_shell if self.client.is_blocking else _async_shell)(opening, closing, need is not None)
        if need is not None:
            shell.__annotations__ = {"need": need}
        return resource(scope=scope or "singleton", **options)(shell)

    def _opening(self, key: type, scope: str | None, open_: Any) -> Any:
        async def opening(need: Link | None) -> Link:
            where = f"root {self.era}" if scope in (None, "singleton") else f"scope {id(current.get())}"
            life = self.trace.opening(key.__name__, (need.life,) if need else (), where)
            try:
                raw = await open_(need)
            except BaseException as error:
                self.trace.note(FAILED, life, error, where)
                raise
            self.trace.note(OPENED, life, scope=where)
            link = self.last[key] = Link(raw, life)
            return link

        return opening

    def _closing(self, close: Any) -> Any:
        async def closing(link: Link, error: BaseException | None) -> None:
            self.trace.note(CLOSING, link.life, error)
            try:
                await close(link, error)
            except Exception as failure:
                self.trace.note(CLOSE_FAILED, link.life, failure)
                raise
            except BaseException as failure:
                self.trace.note(INTERRUPTED, link.life, failure)
                raise
            self.trace.note(CLOSED, link.life)

        return closing


def _shell(opening: Any, closing: Any, has_need: bool) -> Any:
    def halves(need: Any) -> Any:
        link, error = finish(opening(need)), None
        try:
            yield link
        except BaseException as shown:
            error = shown
            raise
        finally:
            finish(closing(link, error))

    def alone() -> Any:
        yield from halves(None)

    def with_need(need: Any) -> Any:
        yield from halves(need)

    return with_need if has_need else alone


def _async_shell(opening: Any, closing: Any, has_need: bool) -> Any:
    async def with_need(need: Any) -> Any:
        link, error = await opening(need), None
        try:
            yield link
        except BaseException as shown:
            error = shown
            raise
        finally:
            await closing(link, error)

    async def alone() -> Any:
        link, error = await opening(None), None
        try:
            yield link
        except BaseException as shown:
            error = shown
            raise
        finally:
            await closing(link, error)

    return with_need if has_need else alone
