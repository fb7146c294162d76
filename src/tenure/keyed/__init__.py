"""One resource per key, at most so many at a time."""

from tenure.keyed.keyed import Keyed, KeyedStats

__all__ = ["Keyed", "KeyedStats"]
