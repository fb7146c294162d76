"""A list provider provides a new list of what its arguments provide."""

from dependency_injector import providers

steps = providers.List(providers.Factory(str, 1), "two", providers.Singleton(object))
first, second = steps(), steps()
print(first[:2], first is second, first[2] is second[2])
print(steps("extra")[-1], len(steps.args))
print(steps.add_args(4)()[3], steps.set_args(1, 2)(), steps.clear_args().args)
