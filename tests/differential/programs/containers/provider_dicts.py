"""The dicts of a class's providers: its own, the inherited and all."""

from dependency_injector import containers, providers


class Base(containers.DeclarativeContainer):
    a = providers.Object(1)
    b = providers.Object(2)


class Child(Base):
    b = providers.Object(3)
    c = providers.Object(4)


print(sorted(Child.providers), sorted(Child.cls_providers), sorted(Child.inherited_providers))
print(Child.providers["b"] is Child.b, Child.inherited_providers["a"] is Base.a)
print(sorted(Child().providers), [Child().providers[name]() for name in "abc"])
