"""What a container was not given."""

from typing import Any

from tenure.errors import Error
from tenure.providers.dependencies import Dependency


def check_dependencies(container: Any) -> None:
    """Raise Error where a dependency of *container*, or of one inside, is not defined; all of them are named."""
    missing = [
        provider.parent_name or provider.__tenure_label__()
        for provider in container.traverse(types=[Dependency])
        if not provider.is_defined
    ]
    if missing:
        name = type(container).__name__
        raise Error(f"the container {name!r} has undefined dependencies: {', '.join(map(repr, missing))}")
