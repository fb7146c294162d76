"""What can be wrong with a configuration or with how it is read."""

from typing import Any

from tenure.errors.base import TenureError


class UndefinedOptionError(TenureError):
    """
    An option that has to have a value has none: it is required, or its configuration is strict.

    Attributes:
        name: the name of the option, that of its configuration first.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name: str = name

    def __str__(self) -> str:
        return f'Undefined configuration option "{self.name}"'


class OptionPathError(TenureError, AttributeError, TypeError):
    """
    A value that stands where other options should be found has no options.

    Attributes:
        option: the name of the option that was to be read or written.
        parent: the name of the part of it that has the value.
        value: the value.
    """

    def __init__(self, option: str, parent: str, value: Any) -> None:
        super().__init__(option, parent, value)
        self.option: str = option
        self.parent: str = parent
        self.value: Any = value

    def __str__(self) -> str:
        kind = type(self.value).__name__  # not the value itself: it may be a secret
        return (
            f'configuration option "{self.option}" cannot be reached: "{self.parent}" is '
            f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}, which has no options; "
            "is a value given where a section was meant?"
        )


class MissingExtraError(TenureError, ImportError):
    """
    A source of configuration needs a package that is not installed.

    Attributes:
        package: the package.
        extra: the extra of this library that installs it.
        purpose: what it is needed for.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(package, extra, purpose)
        self.package: str = package
        self.extra: str = extra
        self.purpose: str = purpose

    def __str__(self) -> str:
        return (
            f"{self.purpose} needs {self.package}, which is not installed; "
            f"install it with this library's extra: pip install 'tenure[{self.extra}]'"
        )
