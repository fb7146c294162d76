"""
Visits of pages, counted in SQLite by Django's ORM: `gunicorn app:application`, or any other WSGI server.

One file, so that it reads from the top; in a project of the usual layout the parts stand in `models.py`, `views.py`,
`urls.py` and `wsgi.py`. `VISITS_DATABASE` names the file.
"""

import os
from collections.abc import Iterator

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from tenure import Container
from tenure.ext.django import Inject, inject, setup

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("VISITS_DATABASE", "visits.db")}
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    SECRET_KEY="of an example",
)
django.setup()


class Visit(models.Model):
    """One visit of a page."""

    page = models.CharField(max_length=100)

    class Meta:
        """Where it belongs."""

        app_label = "visits"


class Transaction:
    """That what a request does in the database is done as a whole."""


class Schema:
    """That the tables are there."""


class Page:
    """Which page is asked for."""

    def __init__(self, request: HttpRequest) -> None:
        """Take it from the address."""
        self.path: str = request.path


class Visits:
    """The visits, as one transaction sees them."""

    def __init__(self, transaction: Transaction, page: Page) -> None:
        self._page = page

    def count(self) -> int:
        """Add one to this page, and return how many there are now."""
        Visit.objects.create(page=self._page.path)
        return Visit.objects.filter(page=self._page.path).count()

    def pages(self) -> list[str]:
        """Return the pages that were visited."""
        return [*Visit.objects.order_by("page").values_list("page", flat=True).distinct()]


def create_tables() -> Iterator[Schema]:
    """Create the tables before the first request."""
    with connection.schema_editor() as editor:
        if "visits_visit" not in connection.introspection.table_names():
            editor.create_model(Visit)
    connection.close()
    yield Schema()


def atomic(schema: Schema) -> Iterator[Transaction]:
    """Keep what a request did, unless its view raises."""
    with transaction.atomic():
        yield Transaction()


@inject
def visit(request: HttpRequest, name: str, visits: Visits = Inject[Visits]) -> HttpResponse:
    """Count a visit of a page that is there."""
    n_visits = visits.count()
    if name == "nowhere":
        raise Http404
    return HttpResponse(f"{n_visits}")


@inject
def pages(request: HttpRequest, visits: Visits = Inject[Visits]) -> StreamingHttpResponse:
    """Stream the pages."""
    return StreamingHttpResponse([f"{page}\n" for page in visits.pages()])


container = Container()
container.bind(create_tables, scope="singleton")
container.bind(atomic, scope="request")
container.bind(Visits, scope="request")
container.bind(Page, scope="request")

urlpatterns = [path("pages", pages), path("pages/<name>", visit)]
application = setup(get_wsgi_application(), container)
