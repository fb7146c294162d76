"""What a factory provides may be set after it was made."""

from dependency_injector import providers

parse = providers.Factory()
print(parse.provides)
print(parse.set_provides(int) is parse)
print(parse("42"))
parse.set_provides(float)
print(parse("42"))
