"""A selector gives its providers as attributes, and nothing else."""

from dependency_injector import providers

one = providers.Object(1)
choice = providers.Selector(lambda: "one", one=one)
print(choice.one is one, hasattr(choice, "two"))
print(choice.set_providers(two=providers.Object(2)) is choice, sorted(choice.providers))
print(choice.set_selector(lambda: "two") is choice, choice())
print(callable(choice.selector))
