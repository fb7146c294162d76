"""A resource's initialiser and arguments can be changed."""

from dependency_injector import providers


def connect(*args, **kwargs):
    return args, kwargs


link = providers.Resource(connect).add_args(1).add_kwargs(a=1)
print(link(), link.args, link.kwargs)
link.shutdown()
print(link.set_args(2).set_kwargs(b=2)())
link.shutdown()
print(link.clear_args().clear_kwargs()())
link.shutdown()
print(link.set_provides(list)(), link.provides is list)
link.shutdown()
print(providers.Resource().set_provides("collections.OrderedDict")() == {})
