"""A dependency's default serves until something overrides it."""

from dependency_injector import providers

level = providers.Dependency(instance_of=int, default=3)
name = providers.Dependency(default=providers.Callable(str.upper, "ann"))

print(level(), name(), level.is_defined)
print(level.default(), name.default is not None)
with level.override(5):
    print(level())
print(level())
level.set_default(9)
print(level(), level.set_default(10) is level)
