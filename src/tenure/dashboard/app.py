"""
`Dashboard`: the ASGI application. Says which address is answered by what, and to whom.

Answers GET and HEAD and nothing else, save the form that signs in and out, which sends the token by POST so that it
stands in no address, and so in no log. Changes nothing of the container.
"""

import secrets
import time
from collections.abc import AsyncGenerator, MutableMapping, Sequence
from typing import Any

from tenure.dashboard import admission, replies
from tenure.dashboard.assets import asset, files, filled
from tenure.dashboard.broadcast import Broadcast
from tenure.dashboard.connection import Receive, Send, body_of, send_events, send_reply
from tenure.dashboard.replies import Reply
from tenure.dashboard.request import Request, request_of
from tenure.dashboard.showing import Showing
from tenure.dashboard.stops import is_server_stopping
from tenure.dashboard.streaming import Pace, events
from tenure.dashboard.tokens import COOKIE, LASTS_S, Token, set_cookie, token_of_form
from tenure.dashboard.viewer import Viewer

LOOKING = ("GET", "HEAD")
POSTED = ("/login", "/logout")
MOST_BYTES = 4096
"""Of a form."""


class Dashboard:
    """
    Show *container* to whoever opens this application in a browser: its graph, what is open, what went wrong.

    An ASGI application: mount it in another one, or serve it by itself (`tenure.dashboard.serving`). It shows names,
    states, counts and times, never the value of an object. It starts, opens and closes nothing. Live by server-sent
    events while somebody looks; while nobody does, the container is not observed and nothing is polled.

    Without a token it answers this machine only: clients at a loopback address that call it by a name of this machine,
    not by way of a proxy. With one it asks for the token, by `Authorization: Bearer …` or by a form.

    Args:
        container: of either face.
        token: what lets somebody in, at least 16 characters of visible ASCII; None: only this machine.
        hosts: names by which it may be called, without ports; None: any with a token, those of this machine without.
        title: what the page is called, as "shop"; the title of the browser's tab.
        details: whether texts of errors are shown, the first line of each, with what looks like a secret masked. They
            may hold any value; without, the classes of errors are shown.
        health_every_s: how often the checks of what is open are made while somebody looks, seconds, > 0; None: never,
            what they said last is shown.
        record_start: whether the next start of the container is observed from now on, so that its waterfall is there
            for whoever looks later.
        max_viewers: how many pages may look at a time, >= 1.
        pace: how often a page is told what is new.

    Raises:
        BindingError: *container* is none.
        ValueError: *token* is too short or does not go into a header; a host is no name; a number is out of bounds.
        TypeError: *hosts* is a string.
    """

    def __init__(
        self,
        container: Any,
        *,
        token: str | None = None,
        hosts: Sequence[str] | None = None,
        title: str = "container",
        details: bool = False,
        health_every_s: float | None = 10.0,
        record_start: bool = True,
        max_viewers: int = 32,
        pace: Pace = Pace(),  # noqa: B008 - a frozen record
    ) -> None:
        if health_every_s is not None and not health_every_s > 0:
            msg = f"health_every_s is {health_every_s}, but checks take time: it is more than 0, or None"
            raise ValueError(msg)
        if max_viewers < 1:
            msg = f"max_viewers is {max_viewers}, but a dashboard that nobody may look at shows nothing"
            raise ValueError(msg)
        files()  # read here, so that no event loop waits for them
        self._token = None if token is None else Token(token)
        self._rules = admission.Rules(token is not None, admission.checked_hosts(hosts))
        self._title = title
        self._pace = pace
        self._name = secrets.token_hex(4)
        self._showing = Showing(
            container, self._touch, details=details, starts=record_start,
            health_every_s=health_every_s,
        )  # fmt: skip
        self._broadcast = Broadcast(self._showing.parts, self._showing.look, max_viewers)

    @property
    def has_token(self) -> bool:
        """Whether it asks for a token; else it answers this machine only."""
        return self._token is not None

    @property
    def n_viewers(self) -> int:
        """How many pages look at it now."""
        return self._broadcast.n_viewers

    def _touch(self) -> None:
        self._broadcast.touch()

    def end(self) -> None:
        """End every event stream, because the server stops; from any thread."""
        self._broadcast.end()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection of ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(request_of(scope), receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.end()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _serve(self, request: Request, receive: Receive, send: Send) -> None:
        reply = self._refused(request)
        if reply is None and request.path in POSTED:
            reply = await self._posted(request, receive)
        if reply is None and request.path == "/events" and request.method == "GET":
            viewer = self._broadcast.join()
            if viewer is not None:
                try:
                    await send_events(self._told(viewer, request), viewer, receive, send)
                finally:
                    self._broadcast.leave(viewer)
                return
            reply = replies.text(503, "as many pages look as may; see `max_viewers` of Dashboard", ("retry-after", "5"))
        await send_reply(reply or self._looked(request), request.method, send)

    # who may

    def _refused(self, request: Request) -> Reply | None:
        refusal = admission.refusal_of(request, self._rules)
        if refusal is not None:
            return replies.text(refusal.code, refusal.why)
        allowed = ("POST",) if request.path in POSTED else LOOKING
        if request.method not in allowed:
            return replies.text(405, "the dashboard shows, it changes nothing", ("allow", ", ".join(allowed)))
        is_open = request.path in POSTED or request.path.startswith("/static/")
        if is_open or self._knows(request):
            return None
        if request.path == "/":
            return self._login(request, "", 401)
        return replies.text(401, "the dashboard needs its token", ("www-authenticate", 'Bearer realm="tenure"'))

    def _knows(self, request: Request) -> bool:
        token = self._token
        if token is None or token.is_in_header(request.header("authorization")):
            return True
        return sum(token.is_cookie(value, time.time()) for value in request.cookies(COOKIE)[:4]) > 0

    # signing in and out

    async def _posted(self, request: Request, receive: Receive) -> Reply:
        token, home = self._token, ("location", f"{request.base}/")
        if token is None:
            return replies.text(303, "there is no token to give", home)
        body = await body_of(receive, MOST_BYTES)
        if body is None:
            return replies.text(413, "too long for a token")
        if request.path == "/logout":
            gone = set_cookie("", request.base, lasts_s=0, is_secure=request.is_secure)
            return replies.text(303, "signed out", home, ("set-cookie", gone))
        if not token.is_it(token_of_form(body)):
            return self._login(request, "That is not the token.", 403)
        made = set_cookie(token.cookie(time.time()), request.base, lasts_s=LASTS_S, is_secure=request.is_secure)
        return replies.text(303, "signed in", home, ("set-cookie", made))

    def _login(self, request: Request, said: str, code: int) -> Reply:
        return filled("login.html", request, code, title=self._title, said=said)

    # what is shown

    def _looked(self, request: Request) -> Reply:
        if request.path == "/":
            return filled("index.html", request, title=self._title, token="yes" if self.has_token else "no")
        if request.path == "/state":
            parts = self._broadcast.parts(self._pace.look_s)
            return replies.data("{" + ",".join(f'"{name}":{part.text}' for name, part in parts.items()) + "}")
        if request.path == "/events":
            return Reply(200, b"", "text/event-stream")
        if request.path.startswith("/static/"):
            found = asset(request.path.removeprefix("/static/"), request)
            if found is not None:
                return found
        return replies.text(404, "there is nothing here")

    def _told(self, viewer: Viewer, request: Request) -> AsyncGenerator[str, None]:
        last_id = request.header("last-event-id")
        return events(self._broadcast, viewer, last_id, self._pace, self._name, self._look_around)

    def _look_around(self) -> bool:
        """Do what is due each time a viewer looks; return whether the server is to stop."""
        self._showing.check()
        return is_server_stopping()
