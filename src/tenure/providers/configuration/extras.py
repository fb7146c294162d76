"""Packages that only some sources of configuration need."""

from importlib import import_module
from typing import Any

from tenure.errors import MissingExtraError


def optional_module(name: str, *, package: str, extra: str, purpose: str) -> Any:
    """
    Import the module *name* and return it.

    Args:
        name: the module.
        package: what it is called where it is installed from.
        extra: the extra of this library that installs it.
        purpose: what it is needed for, for the error.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError(package, extra, purpose) from None
