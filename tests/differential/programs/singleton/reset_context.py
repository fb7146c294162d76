"""Used in a `with` statement, a reset holds before and after its body."""

from dependency_injector import providers

session = providers.Singleton(object)
before = session()
with session.reset() as inside:
    during = session()
    print(inside is session, during is before, during is session())
after = session()
print(after is before, after is during)
