"""An argument that cannot be copied is named when a container is made."""

import threading

from dependency_injector import containers, errors, providers


class Positional(containers.DeclarativeContainer):
    worker = providers.Factory(dict, [], threading.Lock())


class Keyword(containers.DeclarativeContainer):
    worker = providers.Singleton(dict, lock=threading.Lock())


for each in (Positional, Keyword):
    try:
        each()
    except errors.NonCopyableArgumentError as error:
        print(error.index, error.keyword, type(error.provider).__name__, isinstance(error, errors.Error))
