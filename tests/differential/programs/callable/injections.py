"""Providers among the arguments are resolved at each call."""

import itertools

from dependency_injector import providers

numbers = itertools.count(1)
stamp = providers.Callable(lambda number, label: f"{label}-{number}", providers.Callable(next, numbers), label="run")

print(stamp())
print(stamp())
print(stamp(label="test"))
print(stamp.provides is not None, stamp.kwargs)
