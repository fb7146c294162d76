"""A callable may be named by its import path."""

from dependency_injector import providers

join = providers.Callable("os.path.join", "etc")
print(join("hosts").replace("\\", "/"))
print(providers.Callable("len", [1, 2])())
print(providers.Callable("operator.itemgetter", 1)()("abc"))
