"""
Threads that race for a resource share one opening.

theirs:
    2 openings, 2 values
ours:
    1 openings, 1 values
"""

import contextlib
import threading

from dependency_injector import containers, providers

both = threading.Barrier(2)
opened, seen = [], []


def connect():
    opened.append(1)
    with contextlib.suppress(threading.BrokenBarrierError):
        both.wait(2)
    return object()


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


app = App()
threads = [threading.Thread(target=lambda: seen.append(app.link())) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(opened), "openings,", len({id(each) for each in seen}), "values")
app.shutdown_resources()
