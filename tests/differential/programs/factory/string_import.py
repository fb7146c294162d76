"""What to make may be named by its import path."""

from collections import Counter
from decimal import Decimal

from dependency_injector import providers

counter = providers.Factory("collections.Counter", "abca")
amount = providers.Factory("decimal.Decimal", "1.50")
numbers = providers.Factory("list", (1, 2))

print(counter.cls is Counter, counter() == Counter("abca"))
print(amount() == Decimal("1.50"))
print(numbers())
