"""Read a schema from a file."""

import json
from pathlib import Path
from typing import Any

from tenure.providers.configuration.extras import optional_module


def read_yaml(filepath: Path | str, loader: Any = None) -> Any:
    """
    Return what the YAML file at *filepath* says.

    Args:
        filepath: the file.
        loader: a loader class of PyYAML; None: one that makes nothing but plain data.

    Raises:
        MissingExtraError: PyYAML is not installed.
        OSError: the file cannot be read.
    """
    yaml = optional_module(
        "yaml", package="PyYAML", extra="yaml", purpose="reading the schema of a container from YAML"
    )
    with open(filepath, encoding="utf-8") as file:
        return yaml.load(file, Loader=loader or yaml.SafeLoader)


def read_json(filepath: Path | str) -> Any:
    """
    Return what the JSON file at *filepath* says.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON.
    """
    with open(filepath, encoding="utf-8") as file:
        return json.load(file)
