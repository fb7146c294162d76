"""`as_` takes any callable, for instance one for truth values."""

from dependency_injector import providers


def truth(text):
    return text.strip().lower() in {"1", "yes", "true"}


config = providers.Configuration()
for text in ("yes", "no", " TRUE "):
    config.debug.override(text)
    print(config.debug.as_(truth)(), end=" ")
print()
