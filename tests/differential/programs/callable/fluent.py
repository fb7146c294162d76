"""Arguments of a callable can be changed after it was made."""

from dependency_injector import providers


def show(*args, **kwargs):
    return args, kwargs


view = providers.Callable(show).add_args(1).add_kwargs(a=1)
print(view())
print(view.set_args(2, 3).set_kwargs(b=2)())
print(view.clear_args().clear_kwargs()())
print(view.set_provides(max)(4, 5))
