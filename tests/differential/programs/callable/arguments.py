"""A callable provider calls a function with declared and given arguments."""

import hashlib

from dependency_injector import providers


def digest(text, algorithm="sha1", *, length):
    return hashlib.new(algorithm, text.encode()).hexdigest()[:length]


short = providers.Callable(digest, algorithm="md5", length=6)
print(short("password"))
print(short("password", length=4))
print(short("password", algorithm="sha256"))
