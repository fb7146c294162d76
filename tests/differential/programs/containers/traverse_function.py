"""The function that traverses starts from any providers and copes with cycles."""

from dependency_injector import providers

one = providers.Factory(dict)
two = providers.Factory(dict, one=one)
one.add_kwargs(two=two)
lone = providers.Object(1)
print(sorted(type(each).__name__ for each in providers.traverse(one, lone)))
print(len(list(one.traverse())), len(list(providers.traverse(lone, types=[providers.Object]))))
