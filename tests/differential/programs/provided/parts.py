"""The parts of a chain can be looked at."""

from dependency_injector import providers

box = providers.Factory(dict)
chain = box.provided.values.call(1, key=2)["first"]
print(type(chain).__name__, chain.name, type(chain.provides).__name__)
print(chain.provides.args, chain.provides.kwargs, type(chain.provides.provides).__name__)
print(chain.provides.provides.name, type(chain.provides.provides.provides).__name__)
print([type(each).__name__ for each in box.provided.related])
