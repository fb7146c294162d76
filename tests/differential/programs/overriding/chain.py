"""An override may itself be overridden."""

from dependency_injector import providers

one, two, three = providers.Object(1), providers.Object(2), providers.Object(3)
one.override(two)
two.override(three)
print(one(), two(), three())
two.reset_override()
print(one())
