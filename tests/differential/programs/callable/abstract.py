"""An abstract callable must be overridden by a callable before it is called."""

from dependency_injector import errors, providers


def send(message):
    raise NotImplementedError


def send_by_post(message):
    return f"posted {message}"


sender = providers.AbstractCallable(send)
try:
    sender("x")
except errors.Error:
    print("abstract")
try:
    sender.override(providers.Factory(dict))
except errors.Error:
    print("wrong kind")
sender.override(providers.Callable(send_by_post))
print(sender("card"))
