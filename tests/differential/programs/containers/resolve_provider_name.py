"""A container tells the name of a provider."""

from dependency_injector import containers, errors, providers


class App(containers.DeclarativeContainer):
    host = providers.Object("host")


app = App()
print(App.resolve_provider_name(App.host), app.resolve_provider_name(app.host))
for owner in (app, App):
    try:
        owner.resolve_provider_name(providers.Object("host"))
    except errors.Error:
        print("unknown")
