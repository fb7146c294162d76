"""A provider knows what it overrides."""

from dependency_injector import providers

real, other, fake = providers.Object(1), providers.Object(2), providers.Object(0)
real.override(fake)
other.override(fake)
print(set(fake.overrides) == {real, other}, fake.overridden)
real.reset_override()
print(set(fake.overrides) == {other}, list(real.related))
print(list(other.related) == [fake])
