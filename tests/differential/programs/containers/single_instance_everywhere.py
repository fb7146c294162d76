"""Provider objects may stand in a container under two names."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    main = providers.Singleton(object)
    alias = main
    user = providers.Factory(dict, one=main, two=alias)


app = App()
made = app.user()
print(made["one"] is made["two"], app.main() is app.alias(), app.main is app.alias)
