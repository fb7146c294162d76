"""
Configuration providers: values that come from outside the program.

A configuration is one tree of values (`tree`); sources are merged into it (`loading`, `files`, `settings`), and its
options read it when they are asked (`option`). Nothing else of the declarative face knows where values come from.
"""

from tenure.errors import MissingExtraError, OptionPathError, UndefinedOptionError
from tenure.providers.configuration.option import ConfigurationOption
from tenure.providers.configuration.root import Configuration
from tenure.providers.configuration.typed import TypedConfigurationOption

__all__ = [
    "Configuration",
    "ConfigurationOption",
    "MissingExtraError",
    "OptionPathError",
    "TypedConfigurationOption",
    "UndefinedOptionError",
]
