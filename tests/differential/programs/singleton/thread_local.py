"""A thread-local singleton has one object for each thread."""

import threading

from dependency_injector import providers

session = providers.ThreadLocalSingleton(list)
session().append("main")
seen = []


def work(name):
    session().append(name)
    session().append("again")
    seen.append(list(session()))


for name in ("one", "two"):
    thread = threading.Thread(target=work, args=(name,))
    thread.start()
    thread.join()
print(seen, session())
session.reset()
print(session())
