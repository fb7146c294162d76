"""The other end of the tasks' connections, in the process that measures; and the file with the prices."""

import os
import socketserver
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.workers.jobs import FILE, N_PRICES, PORT


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.server.n_sessions += 1  # type: ignore[attr-defined]  # ours
        self.wfile.write(b"discounts\n")
        for line in self.rfile:
            word = line.strip()
            self.wfile.write(b"0\n" if word == b"hello" else b"%d\n" % (int(word) % 7))


class Server(socketserver.ThreadingTCPServer):
    """Answers, and counts the sessions that were opened."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    n_sessions = 0


@contextmanager
def serving() -> Iterator[Server]:
    """Have the server run and the file be there; the environment tells processes that start meanwhile."""
    with tempfile.TemporaryDirectory() as folder, Server(("127.0.0.1", 0), _Handler) as server:
        file = Path(folder) / "prices"
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("create table price (number integer primary key, cents integer)")
            database.executemany("insert into price values (?, ?)", [(n, 100 + n) for n in range(N_PRICES)])
        os.environ |= {PORT: str(server.server_address[1]), FILE: str(file)}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
