"""`related` lists the providers a provider is made from."""

from dependency_injector import providers

a, b, c, d = (providers.Object(each) for each in "abcd")
factory = providers.Factory(dict, a, key=b).add_attributes(c=c)
factory.override(d)
print(sorted(each() for each in factory.related))
print(sorted(each() for each in providers.Dict({a: b}, c=c).related))
print([each() for each in providers.List(a, 1, b).related])
print([each() for each in providers.Callable(a, b).related])
