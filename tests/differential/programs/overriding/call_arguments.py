"""Arguments of a call reach the overriding provider, the declared ones do not."""

from dependency_injector import providers


def record(*args, **kwargs):
    return args, kwargs


original = providers.Factory(record, "declared", key="declared")
original.override(providers.Factory(record, "other"))
print(original("given", word="given"))
