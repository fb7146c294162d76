"""What counts as a provider: instances of provider classes."""

from dependency_injector import errors, providers

for candidate in (providers.Object(1), providers.Configuration(), providers.Object, 1, None, print):
    print(providers.is_provider(candidate), end=" ")
print()
provider = providers.Object(2)
print(providers.ensure_is_provider(provider) is provider)
try:
    providers.ensure_is_provider("text")
except errors.Error:
    print("refused")
