"""The key that clients sign with and the server checks: derived at the start, wiped at the end."""

import hashlib
import hmac
import os
from concurrent.futures import ThreadPoolExecutor

from tenure import resource
from tenure.cli.demo.threads import call_in_thread

ROUNDS = 150_000


@resource(scope="singleton")
class Credentials:
    """A signing key that exists in memory only while it is needed."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._key = bytearray()

    async def initialize(self) -> None:
        """Derive the key: slow on purpose, and off the event loop."""
        secret, salt = os.urandom(32), os.urandom(16)
        self._key += await call_in_thread(self._threads, hashlib.pbkdf2_hmac, "sha256", secret, salt, ROUNDS)

    async def dispose(self) -> None:
        """Overwrite the key."""
        self._key[:] = bytes(len(self._key))

    def sign(self, text: str) -> str:
        """Return the signature of *text*, hexadecimal."""
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()

    def is_signature(self, text: str, signature: str) -> bool:
        """Tell whether *signature* is the one of *text*."""
        return hmac.compare_digest(self.sign(text), signature)
