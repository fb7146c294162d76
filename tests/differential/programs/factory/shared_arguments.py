"""Plain arguments are passed as they are, not copied per call."""

from dependency_injector import providers

tags = ["new"]
box = providers.Factory(dict, tags=tags)

box()["tags"].append("sale")
print(box()["tags"], box()["tags"] is tags)
print(box() is box())
