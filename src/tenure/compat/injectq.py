"""
The names that a program written for injectq imports: `from tenure.compat.injectq import InjectQ, resource`.

Offers names only; what they do is what `tenure.Container`, `tenure.resource` and the rest do.
"""

import threading
from typing import Any, ClassVar

from tenure.container import Container
from tenure.declare import managed_resource, resource
from tenure.errors import ResourceExhaustedError, ResourceInitializationError

__all__ = ["InjectQ", "ResourceExhaustedError", "ResourceInitializationError", "managed_resource", "resource"]


class InjectQ(Container):
    """`tenure.Container` under the name that injectq gives its own."""

    _instance: ClassVar[Any] = None
    _instance_guard: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def get_instance(cls) -> "InjectQ":
        """Return the container of the whole process: made on the first call, the same one from then on."""
        with InjectQ._instance_guard:
            if InjectQ._instance is None:
                InjectQ._instance = cls()
            instance: InjectQ = InjectQ._instance
            return instance
