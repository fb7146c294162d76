"""diwire with its locks, as it is by default."""

from benchmarks.adapters import diwire_


class Adapter(diwire_.Adapter):
    """Locks chosen by itself."""

    note = "its own locks"
    locks = "auto"
