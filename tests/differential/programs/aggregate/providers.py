"""An aggregate's providers can be listed and replaced."""

from dependency_injector import errors, providers

one = providers.Object(1)
numbers = providers.Aggregate(one=one)
print(numbers.providers == {"one": one}, list(numbers.related) == [one])
print(numbers.set_providers({2: providers.Object("two")}, three=providers.Object(3)) is numbers)
print(sorted(map(str, numbers.providers)), numbers(2))
try:
    numbers.set_providers(four=4)
except errors.Error:
    print("refused")
