"""An abstract coroutine is provided by the coroutine that overrides it."""

import asyncio

from dependency_injector import errors, providers


async def notify(user):
    raise NotImplementedError


async def notify_by_mail(user):
    return f"mail to {user}"


notification = providers.AbstractCoroutine(notify)
try:
    notification("x")
except errors.Error:
    print("abstract")
try:
    notification.override(providers.Callable(print))
except errors.Error:
    print("wrong kind")
notification.override(providers.Coroutine(notify_by_mail))
print(asyncio.run(notification("ann")))
