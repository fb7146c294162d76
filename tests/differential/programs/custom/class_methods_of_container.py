"""A subclass of the dynamic container may fill itself."""

from dependency_injector import containers, providers


class Settings(containers.DynamicContainer):
    def __init__(self, **values):
        super().__init__()
        for name, value in values.items():
            self.set_provider(name, providers.Object(value))


settings = Settings(host="h", port=1)
print(settings.host(), settings.port(), sorted(settings.providers))
