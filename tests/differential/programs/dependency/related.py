"""A dependency is related to its default and to what overrides it."""

from dependency_injector import providers

default = providers.Object(1)
other = providers.Object(2)
value = providers.Dependency(default=default)
print(list(value.related) == [default])
value.override(other)
print(sorted(each() for each in value.related))
print(sorted(each() for each in value.traverse()))
