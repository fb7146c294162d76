"""A dynamic container's providers may come from data."""

from dependency_injector import containers, providers

plan = {"users": ("list", "ab"), "total": ("sum", [1, 2, 3]), "name": ("str.upper", "x")}
app = containers.DynamicContainer()
for name, (path, argument) in plan.items():
    provides = str.upper if path == "str.upper" else path
    setattr(app, name, providers.Factory(provides, argument))
print({name: provider() for name, provider in sorted(app.providers.items())})
