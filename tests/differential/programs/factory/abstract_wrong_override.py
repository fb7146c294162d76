"""An abstract factory is overridden by a factory only."""

from dependency_injector import errors, providers


class Queue:
    pass


class BrokerQueue(Queue):
    pass


queue = providers.AbstractFactory(Queue)
for wrong in (providers.Object(1), providers.Callable(dict), object()):
    try:
        queue.override(wrong)
    except errors.Error:
        print("refused")
queue.override(providers.Factory(BrokerQueue))
print(type(queue()).__name__)
