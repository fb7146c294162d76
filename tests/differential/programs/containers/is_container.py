"""What counts as a container."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    value = providers.Object(1)


for candidate in (
    App,
    App(),
    containers.DynamicContainer(),
    containers.DynamicContainer,
    1,
    providers.Container(App),
    None,
):
    print(containers.is_container(candidate), end=" ")
print()
