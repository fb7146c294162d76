"""A dependency that nobody provides cannot be called."""

from dependency_injector import errors, providers

token = providers.Dependency()
print(token.is_defined)
try:
    token()
except errors.Error:
    print("undefined")
token.override("secret")
print(token.is_defined, token())
token.reset_override()
print(token.is_defined)
providers.Factory(dict, token=token)()
