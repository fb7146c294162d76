"""Settings objects of pydantic as a source of configuration."""

from typing import Any

from tenure.errors import TenureError
from tenure.providers.configuration.extras import optional_module


def values_of(settings: Any, how: dict[str, Any]) -> dict[str, Any]:
    """
    Return the fields of *settings* and their values, models inside them as dictionaries.

    Args:
        settings: an object of a `BaseSettings` or of any other `BaseModel`, or such a class, which is called without
            arguments.
        how: what pydantic's `model_dump` is called with (`dict` before pydantic 2), for example `exclude`.

    Raises:
        MissingExtraError: pydantic is not installed.
        TenureError: *settings* is something else.
    """
    pydantic = optional_module("pydantic", package="pydantic", extra="pydantic", purpose="reading pydantic settings")
    if isinstance(settings, type) and issubclass(settings, pydantic.BaseModel):
        settings = settings()
    if not isinstance(settings, pydantic.BaseModel):
        raise TenureError(
            f'Unable to recognize settings instance, expect "pydantic_settings.BaseSettings", got {settings} instead'
        )
    dump = getattr(settings, "model_dump", None) or settings.dict
    values: dict[str, Any] = dump(**how)
    return values
