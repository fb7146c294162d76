"""A dynamic container is built from a schema."""

from dependency_injector import containers

schema = {
    "version": "1",
    "container": {
        "origin": {"provider": "Factory", "provides": "fractions.Fraction", "args": [1, 2]},
        "table": {"provider": "Singleton", "provides": "dict", "kwargs": {"origin": "container.origin", "name": "x"}},
    },
}
app = containers.DynamicContainer()
app.from_schema(schema)
print(app.origin(), app.table(), app.table() is app.table(), sorted(app.providers))
