"""Load the configurations of a container."""

from typing import Any

from tenure.providers.configuration import Configuration


def load(container: Any) -> None:
    """Have every configuration of *container*, and of those inside, load the files that it names."""
    for provider in container.traverse(types=[Configuration]):
        provider.load()
