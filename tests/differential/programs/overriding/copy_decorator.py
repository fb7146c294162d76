"""A container declared as a copy has the other's providers, bound to its own."""

from dependency_injector import containers, providers


class Base(containers.DeclarativeContainer):
    host = providers.Object("base")
    url = providers.Callable("http://{}".format, host)
    page = providers.Factory(dict, url=url)


@containers.copy(Base)
class Copied(Base):
    host = providers.Object("copied")


class Inherited(Base):
    host = providers.Object("inherited")


print(Base().page(), Copied().page(), Inherited().page())
print(Base.url is Copied.url, Base.url is Inherited.url)
