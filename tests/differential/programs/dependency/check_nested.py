"""`check_dependencies` looks into nested containers."""

from dependency_injector import containers, errors, providers


class Inner(containers.DeclarativeContainer):
    secret = providers.Dependency()


class Outer(containers.DeclarativeContainer):
    inner = providers.Container(Inner)


outer = Outer()
try:
    outer.check_dependencies()
except errors.Error as error:
    print("inner.secret" in str(error))
outer.inner.secret.override("x")
outer.check_dependencies()
print("complete")
