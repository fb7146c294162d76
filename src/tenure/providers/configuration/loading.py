"""
`Loading`: where values come from.

Every source is read to the end before anything is changed: what cannot be read leaves the values as they were.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from tenure.model.binding import NOTHING
from tenure.providers.configuration.files import FilePath, Reader, read_file, read_ini, read_json, yaml_reader
from tenure.providers.configuration.settings import values_of
from tenure.providers.configuration.tree import merged


class Loading:
    """
    A configuration or an option of one, as far as it takes values in.

    In every method *required* tells whether the source has to be there, and *envs_required* whether environment
    variables that a file names have to be defined if they have no default there; where they are not given, a strict
    configuration requires both, another one neither.
    """

    __slots__ = ()

    def get_name(self) -> str:
        """Return its name, for errors."""
        raise NotImplementedError

    def _is_strict(self) -> bool:
        """Whether its configuration is strict."""
        raise NotImplementedError

    def _present(self) -> Any:
        """Return its value, NOTHING where it has none."""
        raise NotImplementedError

    def _put(self, value: Any) -> None:
        """Have *value* replace its value."""
        raise NotImplementedError

    def _if_not_said(self, required: Any) -> Any:
        return self._is_strict() if required is NOTHING else required

    def update(self, value: Any) -> None:
        """Have *value* replace its value, as `override` does."""
        self._put(value)

    def from_value(self, value: Any) -> None:
        """Have *value* replace its value, as `override` does."""
        self._put(value)

    def from_dict(self, options: Mapping[Any, Any] | Iterable[tuple[Any, Any]], required: bool = NOTHING) -> None:
        """
        Merge *options* into its value: dictionaries of both are merged, all else of *options* takes the place.

        Raises:
            ValueError: *options* is empty and required.
            TypeError: *options* is no dictionary.
        """
        name = self.get_name()
        try:
            given = dict(options)
        except (TypeError, ValueError) as error:
            raise type(error)(f'"{name}" takes options from a dictionary, not from {type(options).__name__}') from None
        if not given and self._if_not_said(required):
            raise ValueError("Can not use empty dictionary")
        self._put(merged(self._present(), given, name))

    def from_env(self, name: str, default: Any = NOTHING, required: bool = NOTHING, as_: Any = None) -> None:
        """
        Take its value from the environment variable *name*; an undefined one gives *default*, None if there is none.

        Args:
            name: the variable.
            default: a value in its place; a variable that is empty is defined.
            required: see the class; a variable with a default need not be defined.
            as_: a function that is called with the value, or with the default, and gives the value.

        Raises:
            ValueError: the variable is required, undefined, and has no default.
        """
        value: Any = os.environ.get(name, default)
        if value is NOTHING:
            if self._if_not_said(required):
                raise ValueError(f'Environment variable "{name}" is undefined')
            value = None
        self._put(value if as_ is None else as_(value))

    def from_ini(self, filepath: FilePath, required: bool = NOTHING, envs_required: bool | None = NOTHING) -> None:
        """
        Merge an INI file into its value; every section is an option that has options.

        Raises:
            OSError: the file is required and cannot be read.
            ValueError: an environment variable is required and undefined.
            configparser.Error: the file is not well-formed.
        """
        self._from_file(filepath, read_ini, required, envs_required)

    def from_yaml(
        self,
        filepath: FilePath,
        required: bool = NOTHING,
        loader: Any = None,
        envs_required: bool | None = NOTHING,
    ) -> None:
        """
        Merge a YAML file into its value.

        Args:
            filepath: the file.
            required: see the class.
            loader: a loader class of PyYAML; None: one that makes nothing but plain data.
            envs_required: see the class.

        Raises:
            MissingExtraError: PyYAML is not installed.
            OSError: the file is required and cannot be read.
            ValueError: an environment variable is required and undefined.
            yaml.YAMLError: the file is not well-formed.
            TypeError: the file holds something else than options.
        """
        self._from_file(filepath, yaml_reader(loader), required, envs_required)

    def from_json(self, filepath: FilePath, required: bool = NOTHING, envs_required: bool | None = NOTHING) -> None:
        """
        Merge a JSON file into its value.

        Raises:
            OSError: the file is required and cannot be read.
            ValueError: the file is not well-formed, or an environment variable is required and undefined.
            TypeError: the file holds something else than options.
        """
        self._from_file(filepath, read_json, required, envs_required)

    def _from_file(self, path: FilePath, reader: Reader, required: Any, envs_required: Any) -> None:
        options = read_file(
            path,
            reader,
            required=bool(self._if_not_said(required)),
            envs_required=self._if_not_said(envs_required),
        )
        if options is not None:
            self._put(merged(self._present(), options, self.get_name()))

    def from_pydantic(self, settings: Any, required: bool = NOTHING, **kwargs: Any) -> None:
        """
        Merge the fields of *settings* into its value.

        Args:
            settings: an object of a pydantic `BaseSettings` or `BaseModel`, or such a class.
            required: whether there has to be a field.
            kwargs: what pydantic's `model_dump` is called with, for example `exclude`.

        Raises:
            MissingExtraError: pydantic is not installed.
            TenureError: *settings* is something else.
            ValueError: there is no field, and one is required.
        """
        self.from_dict(values_of(settings, kwargs), required)
