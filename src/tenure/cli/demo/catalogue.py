"""What is sold: a file of fixed-size price records, mapped into memory. A class with `__aenter__` and `__aexit__`."""

import mmap
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from tenure import resource
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.threads import call_in_thread

N_PRODUCTS = 20_000
RECORD = struct.Struct("<II")  # number, price in cents


@resource(scope="singleton")
class Catalogue:
    """The price of every product, read from the mapped file."""

    def __init__(self, directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
        self._path = directory.path / "catalogue.bin"
        self._threads = threads

    async def __aenter__(self) -> Self:
        """Write the price file and map it."""
        self._prices = await call_in_thread(self._threads, _write_and_map, self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unmap the file."""
        self._prices.close()

    def price_cents(self, product: int) -> int:
        """
        Return the price of *product*.

        Raises:
            LookupError: there is no such product.
        """
        if not 0 <= product < N_PRODUCTS:
            raise LookupError(f"product {product} is not in the catalogue")
        _, cents = RECORD.unpack_from(self._prices, product * RECORD.size)
        return int(cents)


def _write_and_map(path: Path) -> mmap.mmap:
    path.write_bytes(b"".join(RECORD.pack(number, 100 + number * 7919 % 9_900) for number in range(N_PRODUCTS)))
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
