"""Django on a container, by ASGI and by WSGI, over the network."""

import inspect
import io
import sys
from types import SimpleNamespace

import anyio
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import LifespanError, running, serving
from test_flask_container import serving as serving_wsgi

django = pytest.importorskip("django")

from django.conf import settings  # noqa: E402 - Django may be missing
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views import View  # noqa: E402

from tenure.errors import BindingError, GraphError  # noqa: E402
from tenure.ext.django import Inject, inject, setup  # noqa: E402


class Visitor:
    def __init__(self, request: HttpRequest) -> None:
        self.name = request.headers["X-Name"]


def answering(get_response):
    """Have an answer for one error, as a middleware of Django."""

    def serve(request):
        return get_response(request)

    serve.process_exception = lambda request, error: (
        HttpResponse("answered", status=409) if isinstance(error, Answered) else None
    )
    return serve


sys.modules["tenure_tests_django"] = SimpleNamespace(answering=answering)
if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"], SECRET_KEY="x" * 50, LOGGING_CONFIG=None, MIDDLEWARE=["tenure_tests_django.answering"]
    )
    django.setup()


@inject
def value(request, number=0, session=Inject[Session], repository=Inject[Repository]):
    assert repository.session is session
    return HttpResponse(f"{session.number} {session.is_open}")


@inject
async def avalue(request, number=0, session=Inject[Session], repository=Inject[Repository]):
    assert repository.session is session
    return HttpResponse(f"{session.number} {session.is_open}")


@inject
def synchronous(request, database=Inject[Database]):
    return HttpResponse(str(isinstance(database, Database)))


@inject
def visitor(request, visitor=Inject[Visitor]):
    return HttpResponse(visitor.name)


@inject
def answered(request, session=Inject[Session]):
    raise Answered


@inject
async def aanswered(request, session=Inject[Session]):
    raise Answered


@inject
def error(request, session=Inject[Session]):
    return 1 / 0


@inject
async def aerror(request, session=Inject[Session]):
    return 1 / 0


@inject
def stream(request, session=Inject[Session]):
    return StreamingHttpResponse(f"{session.is_open} " for _ in range(3))


@inject
async def astream(request, session=Inject[Session]):
    async def chunks():
        for _ in range(3):
            yield f"{session.is_open} "

    return StreamingHttpResponse(chunks())


@inject
def endless(request, session=Inject[Session]):
    return StreamingHttpResponse("more " * 1000 for _ in iter(lambda: session.is_open, False))


@inject
async def aendless(request, session=Inject[Session]):
    async def chunks():
        while session.is_open:
            yield "more " * 1000
            await anyio.sleep(0)  # or the server would never look

    return StreamingHttpResponse(chunks())


@inject
def broken(request, wanted=Inject[Unbound]): ...


class Broken(View):
    @inject
    def get(self, request, wanted=Inject[Unbound]): ...


ADDRESSES = {
    "avalue": "value", "synchronous": "sync", "visitor": "request", "aanswered": "answered", "aerror": "error",
    "astream": "stream", "aendless": "endless",
}  # fmt: skip


def addresses(*views):
    """Have Django know *views*, each by its name."""
    below = [path(ADDRESSES.get(view.__name__, view.__name__), view) for view in views]
    name = f"tenure_tests_urls_{id(below)}"
    sys.modules[name] = SimpleNamespace(urlpatterns=[path("", include((below, "app")))])
    settings.ROOT_URLCONF = name
    django.urls.clear_url_caches()


class DjangoConformance(Conformance):
    packages = ("django",)
    has_lifespan = False
    lacks = {"websocket": "Django serves none", "background": "Django has none of its own in a request"}

    def broken(self, container):
        addresses(broken)
        return lambda: setup(self.application(), container)

    def app(self, container, log):
        addresses(*self.views)
        return setup(self.application(), container)

    def schema(self, app):
        return str(inspect.signature(self.views[0]))

    def start(self, app):
        app()


class TestDjangoASGI(DjangoConformance):
    framework = "Django, ASGI"
    packages = ("django", "asgiref", "uvicorn")
    views = (avalue, synchronous, visitor, aanswered, aerror, astream, aendless)
    application = staticmethod(get_asgi_application)
    refusal = LifespanError

    def serve(self, app):
        return serving(app)

    def start(self, app):
        async def run():
            async with running(app()):
                pass

        anyio.run(run)


class TestDjangoWSGI(DjangoConformance):
    framework = "Django, WSGI"
    packages = ("django", "werkzeug")
    is_async = starts_at_once = False
    views = (value, synchronous, visitor, answered, error, stream, endless)
    application = staticmethod(get_wsgi_application)

    def serve(self, app):
        return serving_wsgi(app)

    def stop(self, container):
        container.close()


def test_a_view_of_methods():
    """Each method is looked at."""
    view = Broken.as_view()
    view.__name__ = "broken"
    addresses(view)

    with pytest.raises(GraphError, match=r"get.*Unbound"):
        setup(get_wsgi_application(), container_of(Log(), is_async=False))


def test_an_error_that_django_answers_for():
    """A page that is not there is an error to the resources."""

    @inject
    def missing(request, session=Inject[Session]):
        raise Http404

    addresses(missing)
    log = Log()
    container = container_of(log, is_async=False)
    app = setup(get_wsgi_application(), container)
    statuses = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/missing", "SERVER_NAME": "app", "SERVER_PORT": "80"}
    body = app({**environ, "wsgi.input": io.BytesIO()}, lambda status, headers: statuses.append(status))
    body.close()

    assert statuses == ["404 Not Found"]
    assert "session rolled back: Http404" in log
    container.close()


def test_what_is_no_application_of_django():
    """It is refused: its requests could not be asked for."""
    with pytest.raises(BindingError, match="get_asgi_application"):
        setup(lambda environ, start_response: [], container_of(Log(), is_async=False))
