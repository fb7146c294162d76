"""Arguments may be providers of their own, made from others."""

from dependency_injector import containers

schema = {
    "container": {
        "one": {"provider": "Callable", "provides": "int", "args": ["1"]},
        "numbers": {
            "provider": "Factory",
            "provides": "dict",
            "kwargs": {
                "listed": {"provider": "List", "args": ["container.one", "container.one"]},
                "text": {"provider": "Factory", "provides": "str", "args": ["container.one"]},
                "made": {"provider": "Callable", "provides": "container.one"},
            },
        },
    }
}
app = containers.DynamicContainer()
app.from_schema(schema)
print(app.numbers())
