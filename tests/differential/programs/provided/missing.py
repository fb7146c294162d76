"""What is missing is reported when it is provided, by Python's own errors."""

from dependency_injector import providers

thing = providers.Object({"a": 1})
for getter in (thing.provided.absent, thing.provided["b"], thing.provided["a"].call()):
    try:
        getter()
    except (AttributeError, KeyError, TypeError) as error:
        print(type(error).__name__)
