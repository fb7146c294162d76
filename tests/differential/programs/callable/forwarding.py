"""Keywords with a double underscore reach a callable's dependency."""

from dependency_injector import providers


def greeting(name, punctuation="."):
    return f"hello {name}{punctuation}"


def letter(opening, body):
    return f"{opening} {body}"


write = providers.Callable(letter, opening=providers.Callable(greeting, name="ann"), body="bye")
print(write())
print(write(opening__punctuation="!"))
print(write(opening__name="bob", body="see you"))
