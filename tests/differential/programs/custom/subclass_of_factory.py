"""A factory may be extended by overriding its call."""

from dependency_injector import containers, providers


class LoudFactory(providers.Factory):
    def __call__(self, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        print("made", type(made).__name__)
        return made


class App(containers.DeclarativeContainer):
    numbers = LoudFactory(list, "ab")


app = App()
print(app.numbers(), type(app.numbers).__name__)
