"""`Sources`: what a configuration loads by itself."""

from collections.abc import Iterable
from typing import Any, Self

from tenure.model.binding import NOTHING
from tenure.providers.configuration.loading import Loading


def listed(**sources: Iterable[Any] | None) -> dict[str, list[Any]]:
    """Return *sources* as lists."""
    return {kind: list(each or ()) for kind, each in sources.items()}


class Sources(Loading):
    """A configuration, as far as it knows its files and settings objects."""

    __slots__ = ()

    _files: dict[str, list[Any]]
    """For each kind of source, what there is of it, in order of loading."""

    def _with_sources(self, kind: str, sources: Iterable[Any]) -> Self:
        self._files[kind] = list(sources)
        return self

    def load(self, required: bool = NOTHING, envs_required: bool | None = NOTHING) -> None:
        """
        Merge every source that was listed into the value: INI, YAML, JSON, settings objects; the last one counts.

        Args:
            required: whether files have to be there; where it is not given, whether the configuration is strict.
            envs_required: whether environment variables that a file names have to be defined if they have no default
                there; likewise.

        Raises:
            OSError: a file is required and cannot be read.
            ValueError: an environment variable is required and undefined.
        """
        for path in self._files["ini"]:
            self.from_ini(path, required=required, envs_required=envs_required)
        for path in self._files["yaml"]:
            self.from_yaml(path, required=required, envs_required=envs_required)
        for path in self._files["json"]:
            self.from_json(path, required=required, envs_required=envs_required)
        for settings in self._files["pydantic"]:
            self.from_pydantic(settings, required=required)

    def get_ini_files(self) -> list[Any]:
        """Return the INI files that `load` reads."""
        return self._files["ini"]

    def set_ini_files(self, files: Iterable[Any]) -> Self:
        """Say which INI files `load` reads."""
        return self._with_sources("ini", files)

    def get_yaml_files(self) -> list[Any]:
        """Return the YAML files that `load` reads."""
        return self._files["yaml"]

    def set_yaml_files(self, files: Iterable[Any]) -> Self:
        """Say which YAML files `load` reads."""
        return self._with_sources("yaml", files)

    def get_json_files(self) -> list[Any]:
        """Return the JSON files that `load` reads."""
        return self._files["json"]

    def set_json_files(self, files: Iterable[Any]) -> Self:
        """Say which JSON files `load` reads."""
        return self._with_sources("json", files)

    def get_pydantic_settings(self) -> list[Any]:
        """Return the settings objects, or classes of them, that `load` reads."""
        return self._files["pydantic"]

    def set_pydantic_settings(self, settings: Iterable[Any]) -> Self:
        """Say which settings objects, or classes of them, `load` reads."""
        return self._with_sources("pydantic", settings)
