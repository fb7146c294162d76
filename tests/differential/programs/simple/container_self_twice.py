"""A container can have one provider of itself."""

from dependency_injector import containers, errors, providers

try:

    class Confused(containers.DeclarativeContainer):
        me = providers.Self()
        myself = providers.Self()

except errors.Error:
    print("refused")
