"""Providers of Flask things, for programs that have them."""

import sys

import flask
import pytest
from flask.views import MethodView

from tenure import containers, providers
from tenure.errors import Error
from tenure.ext.flask import Application, ClassBasedView, Extension, View, as_view, request


def greet(name, greeting):
    """Greet *name*."""
    return f"{greeting} {name}"


class Greeting(MethodView):
    """Greets."""

    def __init__(self, greeting):
        self.greeting = greeting

    def get(self, name):
        return f"{self.greeting} {name}"


@pytest.fixture
def app():
    return flask.Flask("app")


def test_a_view(app):
    """It gets what it needs besides what comes from the address."""
    view = View(greet, greeting="Hello").as_view()
    app.add_url_rule("/<name>", view_func=view)

    assert app.test_client().get("/Ann").text == "Hello Ann"
    assert (view.__name__, view.__doc__, view.__module__) == ("greet", "Greet *name*.", __name__)


def test_a_view_of_another_name(app):
    """It is the endpoint."""
    view = as_view(providers.Callable(greet, greeting="Hello"), "other")
    app.add_url_rule("/<name>", view_func=view)

    assert list(app.view_functions)[1:] == ["other"]


def test_a_class_based_view(app):
    """A new object answers each request."""
    view = ClassBasedView(Greeting, greeting="Hello").as_view("greeting")
    app.add_url_rule("/<name>", view_func=view)
    client = app.test_client()

    assert client.get("/Ann").text == "Hello Ann"
    assert client.post("/Ann").status_code == 405
    assert (view.__name__, view.__doc__, view.__module__) == ("greeting", "Greets.", __name__)
    assert view.view_class is Greeting


def test_decorators_of_a_class_based_view(app):
    """They are applied, as Flask does."""

    class Loud(Greeting):
        decorators = (lambda view: lambda **kwargs: view(**kwargs).upper(),)

    app.add_url_rule("/<name>", view_func=ClassBasedView(Loud, greeting="Hello").as_view("loud"))

    assert app.test_client().get("/Ann").text == "HELLO ANN"


def test_a_class_based_view_without_a_name():
    """Flask could not tell it apart."""
    with pytest.raises(Error, match="needs the name of an endpoint"):
        as_view(providers.Factory(Greeting))


@pytest.mark.parametrize("what", [providers.Singleton(Greeting), providers.Object(greet), greet])
def test_what_is_no_view(what):
    """Views are made of what calls or makes something at each request."""
    with pytest.raises(Error, match="a Callable or a Factory"):
        as_view(what)


def test_views_of_a_container(app):
    """What they need comes from it, overrides included."""

    class Container(containers.DeclarativeContainer):
        greeting = providers.Object("Hello")
        view = View(greet, greeting=greeting)

    container = Container()
    app.add_url_rule("/<name>", view_func=container.view.as_view())
    client = app.test_client()

    assert client.get("/Ann").text == "Hello Ann"
    with container.greeting.override("Bye"):
        assert client.get("/Ann").text == "Bye Ann"


@pytest.mark.parametrize("kind", [Application, Extension])
def test_what_is_made_once(kind):
    """Applications and extensions are."""
    provider = kind(flask.Flask, "app")

    assert isinstance(provider, providers.Singleton)
    assert provider() is provider()


def test_the_request(app):
    """It is the one that is being answered."""

    class Container(containers.DeclarativeContainer):
        asked = providers.Factory(dict, name=request.provided.args["name"])

    container = Container()
    for name in ("Ann", "Bob"):
        with app.test_request_context(f"/?name={name}"):
            assert request() is flask.request
            assert container.asked() == {"name": name}


def test_without_flask(monkeypatch):
    """The rest can be imported; the request says what to install."""
    import tenure.ext.flask as module

    monkeypatch.delitem(vars(module), "request", raising=False)
    monkeypatch.setitem(sys.modules, "flask", None)

    assert module.View is View
    with pytest.raises(ImportError, match=r"the request of Flask needs Flask, .*tenure\[flask\]"):
        _ = module.request


def test_a_name_that_is_not_there():
    """An ordinary error."""
    import tenure.ext.flask as module

    with pytest.raises(AttributeError, match="no attribute 'requests'"):
        _ = module.requests
