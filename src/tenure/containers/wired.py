"""What a container is wired to."""

from collections.abc import Iterable
from typing import Any


class WiringConfiguration:
    """
    What an instance of a container is wired to when it is made.

    Args:
        modules: module objects or names, relative ones in *from_package*.
        packages: packages with everything below them, likewise.
        from_package: name of the package that relative names are in.
        auto_wire: whether an instance is wired when it is made.
        keep_cache: whether what was looked up in the modules is kept for wiring them again.
        warn_unresolved: whether to warn of markers that the container cannot resolve.
        strict: whether such markers are an error.
    """

    def __init__(
        self,
        modules: Iterable[Any] | None = None,
        packages: Iterable[Any] | None = None,
        from_package: str | None = None,
        auto_wire: bool = True,
        keep_cache: bool = False,
        warn_unresolved: bool = False,
        strict: bool = False,
    ) -> None:
        self.modules: list[Any] = [*(modules or ())]
        self.packages: list[Any] = [*(packages or ())]
        self.from_package: str | None = from_package
        self.auto_wire: bool = auto_wire
        self.keep_cache: bool = keep_cache
        self.warn_unresolved: bool = warn_unresolved
        self.strict: bool = strict

    @property
    def is_set(self) -> bool:
        """Whether it names anything."""
        return bool(self.modules or self.packages)


def wire(
    container: Any,
    modules: Iterable[Any] | None,
    packages: Iterable[Any] | None,
    from_package: str | None,
    keep_cache: bool | None,
    warn_unresolved: bool,
    strict: bool,
) -> None:
    """Wire *container*; see `Container.wire`. What is not said comes from its `wiring_config`."""
    from tenure import wiring  # noqa: PLC0415 - only who wires needs it

    config = container.wiring_config
    modules = [*(config.modules if modules is None else modules)]
    packages = [*(config.packages if packages is None else packages)]
    from_package = from_package or config.from_package or _package_of(container, modules, packages)
    found = wiring.wire(
        container,
        modules=modules,
        packages=packages,
        from_package=from_package,
        keep_cache=config.keep_cache if keep_cache is None else keep_cache,
        warn_unresolved=warn_unresolved or config.warn_unresolved,
        strict=strict or config.strict,
    )
    container.wired_to_modules.extend(found.modules)
    container.wired_to_packages.extend(found.packages)


def _package_of(container: Any, modules: list[Any], packages: list[Any]) -> str | None:
    """Return the package of the class of *container*, where a relative name needs one."""
    if not any(isinstance(each, str) and each.startswith(".") for each in (*modules, *packages)):
        return None
    import sys  # noqa: PLC0415 - as above

    module = sys.modules.get(type(container).__module__)
    return getattr(module, "__package__", None)


def unwire(container: Any) -> None:
    """Undo the wiring of *container*."""
    from tenure import wiring  # noqa: PLC0415 - as above

    wiring.unwire(container, modules=container.wired_to_modules, packages=container.wired_to_packages)
    container.wired_to_modules.clear()
    container.wired_to_packages.clear()
