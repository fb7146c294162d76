"""Providers of a base class keep pointing to the base's providers in the class, not in instances of names replaced."""

from dependency_injector import containers, providers


class Base(containers.DeclarativeContainer):
    host = providers.Object("base")
    url = providers.Callable("http://{}".format, host)


class Child(Base):
    host = providers.Object("child")
    title = providers.Callable("{} title".format, host)


child = Child()
print(child.host(), child.url(), child.title())
print(issubclass(Child, Base), Child.url is Base.url)
