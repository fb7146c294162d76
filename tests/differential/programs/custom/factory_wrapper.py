"""A provider that wraps a factory, copies itself and names what it relates to."""

from dependency_injector import containers, providers


class CountingFactory(providers.Provider):
    __slots__ = ("_factory", "calls")

    def __init__(self, provides, *args, **kwargs):
        self._factory = providers.Factory(provides, *args, **kwargs)
        self.calls = 0
        super().__init__()

    def __deepcopy__(self, memo):
        copied = memo.get(id(self))
        if copied is not None:
            return copied
        copied = self.__class__(
            self._factory.provides,
            *providers.deepcopy(self._factory.args, memo),
            **providers.deepcopy(self._factory.kwargs, memo),
        )
        self._copy_overridings(copied, memo)
        return copied

    @property
    def related(self):
        yield from [self._factory]
        yield from super().related

    def _provide(self, args, kwargs):
        self.calls += 1
        return self._factory(*args, **kwargs)


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")
    user = CountingFactory(dict, name=name)
    page = providers.Factory(dict, user=user)


app = App()
app.name.override("bob")
print(app.page(), app.user(age=5), app.user.calls, App.user.calls)
print(sorted(type(each).__name__ for each in app.page.traverse()))
