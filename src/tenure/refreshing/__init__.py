"""A value with a life of its own, renewed before it ends."""

from tenure.refreshing.refreshing import Refreshing

__all__ = ["Refreshing"]
