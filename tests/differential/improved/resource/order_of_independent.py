"""
Independent resources close in the reverse of the order in which they were opened.

theirs:
    in another order
ours:
    in reverse
"""

from dependency_injector import containers, providers

log = []


def open_one(name):
    log.append(name)
    yield name
    log.append(name)


app = containers.DynamicContainer()
for number in range(12):
    app.set_provider(f"resource{number}", providers.Resource(open_one, number))
app.init_resources()
app.shutdown_resources()
print("in reverse" if log[12:] == log[11::-1] else "in another order")
