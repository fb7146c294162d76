"""A nested container is overridden by containers only and has no made-up names."""

from dependency_injector import containers, errors, providers


class Inner(containers.DeclarativeContainer):
    value = providers.Object(1)


class App(containers.DeclarativeContainer):
    inner = providers.Container(Inner)


app = App()
for wrong in (providers.Object(1), providers.Factory(Inner)):
    try:
        app.inner.override(wrong)
    except errors.Error:
        print("refused")
print(hasattr(app.inner, "absent"), app.inner.resolve_provider_name(app.inner.value))
