"""Arguments can be added, set and cleared, and each method returns the provider."""

from dependency_injector import providers


def record(*args, **kwargs):
    return args, sorted(kwargs.items())


row = providers.Factory(record, 1).add_args(2, 3).add_kwargs(a=1).add_kwargs(b=2)
print(row())
print(row.args, sorted(row.kwargs.items()))
print(row.set_args(9) is row, row())
print(row.set_kwargs(z=0) is row, row())
print(row.clear_args() is row, row.clear_kwargs() is row, row())
