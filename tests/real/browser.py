"""
A Chromium of our own: headless, on a profile of its own, driven over the DevTools protocol.

Knows processes and the protocol; must not know the page that it opens.
"""

import asyncio
import base64
import itertools
import json
import signal
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any, Self

from websockets.asyncio.client import connect

from tests.real import running
from tests.real.packages import chromium
from tests.real.running import send

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync",
    "--disable-default-apps", "--force-color-profile=srgb", "--hide-scrollbars", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost", "about:blank",
)  # fmt: skip
"""The last rule: no page reaches anything but this machine, whatever it holds."""

WITHIN_S = 20.0


class Browser:
    """
    One Chromium; `page()` opens tabs in it.

    Raises:
        ServerMissingError: there is none, and Debian's package cannot be fetched.
    """

    def __init__(self) -> None:
        program, environ = chromium()
        self._folder = running.Folder(None)
        profile = self._folder.path / "profile"
        log = self._folder.path / "chromium.log"
        command = [program, f"--user-data-dir={profile}", *OPTIONS]
        self._process: subprocess.Popen[bytes] = running.launch(command, log, None, environ)
        self._folder.tell(self._process.pid)
        self._port_file = profile / "DevToolsActivePort"

        def is_up() -> bool:
            assert self._process.poll() is None, f"Chromium ended: {log.read_text('utf-8', 'replace')[-800:]}"
            return self._port_file.exists() and self._port_file.read_text("ascii").count("\n") >= 1

        try:
            running.wait_until(is_up, "Chromium listens")
        except BaseException:
            self.remove()
            raise

    def page(self, **options: Any) -> "Page":
        """Return a tab to be entered by `async with`."""
        port, path = self._port_file.read_text("ascii").split()
        return Page(f"ws://127.0.0.1:{port}{path}", **options)

    def remove(self) -> None:
        """End it and remove its files."""
        send(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            send(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._folder.remove()


class Page:
    """
    A tab with cookies of its own, seen at *width* by *height* CSS pixels.

    Attributes:
        complaints: what the console and the browser had to say: errors, warnings, broken rules of CSP, exceptions.
    """

    def __init__(self, address: str, *, width: int = 1440, height: int = 900, scheme: str = "light") -> None:
        self._address = address
        self._size = width, height
        self._scheme = scheme
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: defaultdict[str, list[Any]] = defaultdict(list)
        self._news = asyncio.Event()
        self._session: str | None = None
        self.complaints: list[str] = []

    async def __aenter__(self) -> Self:
        self._socket = await connect(self._address, max_size=None, ping_interval=None)
        self._reader = asyncio.create_task(self._read())
        context = await self.ask("Target.createBrowserContext", disposeOnDetach=True)
        target = await self.ask("Target.createTarget", url="about:blank", browserContextId=context["browserContextId"])
        attached = await self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            await self.ask(f"{domain}.enable")
        await self.resize(*self._size)
        await self.prefer(**{"prefers-color-scheme": self._scheme})
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._socket.close()

    # the protocol

    async def ask(self, method: str, /, **params: Any) -> Any:
        """Return the answer to one command."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        async with asyncio.timeout(2 * WITHIN_S + 10):  # longer than any script waits, which says what it waited for
            return await answer

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            answer = self._answers.pop(message.get("id", 0), None)
            if answer is not None and not answer.done():
                if "error" in message:
                    answer.set_exception(AssertionError(message["error"]["message"]))
                else:
                    answer.set_result(message["result"])
            elif "method" in message:
                self._take(message["method"], message["params"])

    def _take(self, method: str, params: Any) -> None:
        self._events[method].append(params)
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(each.get("value")) for each in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            entry = params["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}".strip())
        self._news.set()

    def seen(self, method: str) -> list[Any]:
        """Return the events of that name so far."""
        return self._events[method]

    # what a reader does

    async def open(self, address: str) -> None:
        """Go there, and wait until the page has loaded."""
        n_loads = len(self._events["Page.loadEventFired"])
        await self.ask("Page.navigate", url=address)
        async with asyncio.timeout(WITHIN_S):
            while len(self._events["Page.loadEventFired"]) == n_loads:
                self._news.clear()
                await self._news.wait()

    async def run(self, script: str) -> Any:
        """Return what the expression *script* gives on the page, awaited, as data."""
        found = await self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            details = found["exceptionDetails"]
            raise AssertionError(details.get("exception", {}).get("description") or details["text"])
        return found["result"].get("value")

    async def until(self, script: str, within_s: float = WITHIN_S) -> Any:
        """Wait until the expression *script* gives something true on the page, looked at whenever the page is drawn."""
        waiting = f"""new Promise((resolve, reject) => {{
            const ends = performance.now() + {within_s * 1000};
            const look = () => {{
                const found = ({script});
                if (found) resolve(found);
                else if (performance.now() > ends) reject(new Error("not within {within_s} s"));
                else setTimeout(look, 15);
            }};
            look();
        }})"""
        async with asyncio.timeout(2 * within_s):
            while True:
                try:
                    return await self.run(waiting)
                except AssertionError as error:
                    if "navigated" not in str(error):  # else the page it began on has gone: look at the next
                        error.add_note(f"waited for: {script}")
                        raise

    async def press(self, key: str, *, shift: bool = False, text: str = "") -> None:
        """Press a key and let it go: "Tab", "Enter", "ArrowRight", or a letter."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
                 "ArrowRight": 39, "ArrowDown": 40}  # fmt: skip
        text = text or {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        known = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": 8 if shift else 0}
        await self.ask("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        await self.ask("Input.dispatchKeyEvent", type="keyUp", **known)

    async def resize(self, width: int, height: int) -> None:
        """Look at it in another size."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def prefer(self, **features: str) -> None:
        """Be a reader who prefers something, as in `{"prefers-color-scheme": "dark"}`."""
        listed = [{"name": name, "value": value} for name, value in features.items()]
        await self.ask("Emulation.setEmulatedMedia", features=listed)

    async def tree(self) -> list[Any]:
        """Return the nodes of the accessibility tree that a screen reader meets."""
        found = await self.ask("Accessibility.getFullAXTree")
        return [node for node in found["nodes"] if not node.get("ignored")]

    async def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what is seen as PNG; *whole*: the page from top to bottom."""
        found = await self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))
