"""Threads that race for a thread-safe singleton get the same object."""

import threading

from dependency_injector import providers

made = []
barrier = threading.Barrier(6)


class Engine:
    def __init__(self):
        made.append(self)


engine = providers.ThreadSafeSingleton(Engine)
seen = []


def ask():
    barrier.wait()
    seen.append(engine())


threads = [threading.Thread(target=ask) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(made), len({id(each) for each in seen}), engine() is made[0])
