"""A selector provides through the provider that its selecting value names."""

from dependency_injector import providers

mode = {"value": "one"}
choice = providers.Selector(
    lambda: mode["value"],
    one=providers.Factory(list, "1"),
    two=providers.Callable(lambda *args, **kwargs: (args, kwargs), "2"),
)

print(choice())
mode["value"] = "two"
print(choice("more", key=1))
print(sorted(choice.providers), choice.one())
