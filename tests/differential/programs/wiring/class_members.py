"""Methods of wired classes, plain, static and class methods, and constructors are injected."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


class Page:
    @inject
    def __init__(self, title, name=Provide[App.name]):
        self.heading = f"{title} {name}"

    @inject
    def method(self, name=Provide[App.name]):
        return f"method {name}"

    @classmethod
    @inject
    def class_method(cls, name=Provide[App.name]):
        return f"{cls.__name__} {name}"

    @staticmethod
    @inject
    def static_method(name=Provide[App.name]):
        return f"static {name}"


app = App()
app.wire([__name__])
page = Page("sun")
print(page.heading, "|", page.method(), "|", page.class_method(), "|", Page.static_method())
with app.name.override("bob"):
    print(Page("sea").heading, "|", Page.class_method(), "|", page.static_method(name="eve"))
app.unwire()
