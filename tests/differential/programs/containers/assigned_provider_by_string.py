"""A container's attributes may be set from names in strings, and read with getattr."""

from dependency_injector import containers, providers

app = containers.DynamicContainer()
for number, name in enumerate(("one", "two"), start=1):
    setattr(app, name, providers.Object(number))
print([getattr(app, name)() for name in sorted(app.providers)])
try:
    app.three()
except AttributeError:
    print("no three")
