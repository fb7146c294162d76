"""Only types of resource providers choose resources."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    link = providers.Resource(list)


app = App()
for wrong in (providers.Factory, int):
    for act in (app.init_resources, app.shutdown_resources):
        try:
            act(wrong)
        except TypeError:
            print("refused")
