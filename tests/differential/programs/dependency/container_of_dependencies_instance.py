"""A container of dependencies can be overridden after it was made, and released again."""

from dependency_injector import containers, errors, providers


class Core(containers.DeclarativeContainer):
    name = providers.Object("core")


class Test(containers.DeclarativeContainer):
    name = providers.Object("test")


core = providers.DependenciesContainer()
use = providers.Callable(str.title, core.name)
try:
    use()
except errors.Error:
    print("undefined")
core.override(Core())
print(use())
core.override(Test())
print(use())
core.reset_last_overriding()
print(use())
