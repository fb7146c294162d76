"""
Providers that need each other are reported as a cycle.

theirs:
    not run: it recurses until Python's limit, or the end of the interpreter's stack, is reached
ours:
    cycle
"""

from dependency_injector import errors, providers

one = providers.Factory(dict)
two = providers.Factory(dict, one=one)
one.add_kwargs(two=two)
try:
    one()
except errors.Error:
    print("cycle")
