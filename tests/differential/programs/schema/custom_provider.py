"""A schema may name provider classes by their path."""

import sys

from dependency_injector import containers, providers


class LoudFactory(providers.Factory):
    def __call__(self, *args, **kwargs):
        print("called")
        return super().__call__(*args, **kwargs)


app = containers.DynamicContainer()
app.from_schema({"container": {"numbers": {"provider": f"{__name__}.LoudFactory", "provides": "list", "args": ["ab"]}}})
print(app.numbers(), type(app.numbers) is LoudFactory, __name__ in sys.modules)
