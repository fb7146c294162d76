"""Methods of a module's classes are wired without a decorator as well."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


class Page:
    def method(self, name=Provide[App.name]):
        return f"method {name}"

    @classmethod
    def class_method(cls, name=Provide[App.name]):
        return f"{cls.__name__} {name}"

    @staticmethod
    def static_method(name=Provide[App.name]):
        return f"static {name}"


class Child(Page):
    def method(self, name=Provide[App.name]):
        return f"child {super().method()} {name}"


app = App()
app.wire([__name__])
print(Page().method(), Page.class_method(), Page.static_method())
print(Child().method(), Child.class_method(), Page().static_method(name="eve"))
app.unwire()
