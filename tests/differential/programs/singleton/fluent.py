"""Arguments may be changed until the object is made, and again after a reset."""

from dependency_injector import providers


def record(*args, **kwargs):
    return args, sorted(kwargs.items())


setup = providers.Singleton(record).add_args(1).add_kwargs(a=2)
setup.add_args(3).set_kwargs(b=4)
print(setup())
setup.clear_args().clear_kwargs()
print(setup())
setup.reset()
print(setup(), setup.cls is record)
