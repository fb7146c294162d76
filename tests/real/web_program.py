"""The program of `web`: an HTTP server on the port that it is told; SIGUSR1 makes it end every connection."""

import asyncio
import signal
import sys


class _Serving:
    def __init__(self) -> None:
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *rest = head.decode("ascii").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
                body = f"{headers.get('x-client')} {first.split()[1][1:]}".encode("ascii")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def end_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def run(self, port: int) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.end_all)
        async with await asyncio.start_server(self.serve, "127.0.0.1", port) as server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_Serving().run(int(sys.argv[1])))
