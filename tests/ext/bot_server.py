"""The server that bots talk to, as far as tests need it: hands out updates by long polling, and takes answers."""

import asyncio
import itertools
import json

from aiohttp import web

BOT = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "bot"}


class BotServer:
    """Runs on a free port of the loopback, in the running loop."""

    def __init__(self):
        self._numbers = itertools.count(1)
        self._updates = []
        self._changed = asyncio.Condition()
        self._answers = {}
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.url = None

    async def __aenter__(self):
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    async def ask(self, text):
        """Send the bot *text* in a chat of its own; return what it answers there."""
        number = next(self._numbers)
        answered = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.send(
            message={"message_id": number, "date": 1, "text": text, "chat": {"id": number, "type": "private"}}
        )
        return await answered

    async def send(self, **event):
        """Hand out an update."""
        async with self._changed:
            self._updates.append({"update_id": next(self._numbers), **event})
            self._changed.notify_all()

    async def _serve(self, request):
        form = await request.post()
        method = request.match_info["method"].lower()
        if method == "getme":
            result = BOT
        elif method == "getupdates":
            result = await self._taken(int(form.get("offset", 0)), float(form.get("timeout", 0)))
        else:
            assert method == "sendmessage", method
            chat = int(form["chat_id"])
            result = {"message_id": 1, "date": 1, "text": form["text"], "chat": {"id": chat, "type": "private"}}
            self._answers.pop(chat).set_result(form["text"])
        return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")

    async def _taken(self, offset, timeout):
        async with self._changed:
            self._updates = [each for each in self._updates if each["update_id"] >= offset]
            if not self._updates:
                try:
                    await asyncio.wait_for(self._changed.wait(), timeout)
                except TimeoutError:
                    return []
            return list(self._updates)
