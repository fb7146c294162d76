"""Providers copied together keep their relations; other values are copied deeply."""

import copy

from dependency_injector import providers

tags = ["a"]
one = providers.Factory(dict, tags=tags)
two = providers.Singleton(dict, one=one)
copied = copy.deepcopy({"one": one, "two": two})
print(copied["one"] is one, list(copied["two"].related) == [copied["one"]])
copied["one"]()["tags"].append("b")
print(tags, copied["two"]()["one"]["tags"])
print(providers.deepcopy(one) is one, copy.deepcopy(two)() is two())
