"""
Configuration files: read the text, put in environment variables, parse.

A reader takes the text of a file and gives what it says, as dictionaries. Knows nothing of providers.
"""

import json
import os
from collections.abc import Callable
from configparser import ConfigParser
from typing import Any, TypeAlias

from tenure.providers.configuration.extras import optional_module
from tenure.providers.configuration.interpolation import interpolated

FilePath: TypeAlias = "str | bytes | os.PathLike[str] | os.PathLike[bytes]"
"""What `open` takes, save a file descriptor."""
Reader: TypeAlias = Callable[[str], Any]
"""A function that is called with the text of a file and gives what it says."""


def read_file(path: FilePath, reader: Reader, *, required: bool, envs_required: bool | None) -> dict[Any, Any] | None:
    """
    Return what the file at *path* says, None if it is not there and need not be.

    Args:
        path: the file, text in UTF-8.
        reader: what parses the text.
        required: whether the file has to be there and readable.
        envs_required: whether environment variables without a default have to be defined; None leaves `${NAME}` as
            it stands.

    Raises:
        OSError: the file is required and cannot be read.
        ValueError: an environment variable is required and undefined.
        TypeError: the file says something else than options and their values.
    """
    text = _text_of(path, required=required)
    if text is None:
        return None
    try:
        if envs_required is not None:
            text = interpolated(text, os.environ, required=envs_required)
        content = reader(text)
    except Exception as error:
        error.add_note(f"in the configuration file {os.fsdecode(path)!r}")
        raise
    if not isinstance(content, dict):
        raise TypeError(
            f"the configuration file {os.fsdecode(path)!r} has {type(content).__name__} at its top, "
            "where names of options and their values are expected"
        )
    return content


def _text_of(path: FilePath, *, required: bool) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        if not required:
            return None
        error.strerror = f"Unable to load configuration file {error.strerror}"
        raise


def read_ini(text: str) -> dict[str, dict[str, str]]:
    """Return the sections of *text*, each with its options; all values are text."""
    parser = ConfigParser()
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def read_json(text: str) -> Any:
    """Return what the JSON *text* says."""
    return json.loads(text)


def yaml_reader(loader: Any = None) -> Reader:
    """
    Return the reader of YAML.

    Args:
        loader: a loader class of PyYAML; None: one that makes nothing but plain data.

    Raises:
        MissingExtraError: PyYAML is not installed.
    """
    yaml = optional_module("yaml", package="PyYAML", extra="yaml", purpose="reading configuration from YAML")

    def read(text: str) -> Any:
        content = yaml.load(text, Loader=loader or yaml.SafeLoader)
        return {} if content is None else content  # a file of comments says nothing

    return read
