"""The delegated thread-safe and thread-local singletons are injected as providers."""

from dependency_injector import providers

safe = providers.DelegatedThreadSafeSingleton(dict, a=1)
local = providers.DelegatedThreadLocalSingleton(dict, b=2)
owner = providers.Factory(lambda **kwargs: kwargs, safe=safe, local=local)

made = owner()
print(made["safe"] is safe, made["local"] is local)
print(made["safe"]() is safe(), made["local"]() is local(), safe(), local())
print(isinstance(safe, providers.ThreadSafeSingleton), isinstance(local, providers.ThreadLocalSingleton))
