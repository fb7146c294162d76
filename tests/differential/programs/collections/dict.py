"""A dict provider provides a new dict of what its values provide."""

from dependency_injector import providers

handlers = providers.Dict(get=providers.Factory(list, "ab"), post=2)
print(handlers(), handlers() is handlers())
print(handlers(put=3), sorted(handlers.kwargs))
print(handlers.add_kwargs(patch=4)()["patch"], handlers.set_kwargs(a=1)(), handlers.clear_kwargs()())
