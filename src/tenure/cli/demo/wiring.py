"""
What the demo is made of, and how it is wired: all there is to say about it is here.

Nothing is opened here. What is a resource, and how long it lives, its own file says.
"""

from concurrent.futures import ThreadPoolExecutor

from tenure import Container
from tenure.cli.demo.api import Api
from tenure.cli.demo.catalogue import Catalogue
from tenure.cli.demo.credentials import Credentials
from tenure.cli.demo.database import Database, DatabasePool
from tenure.cli.demo.directory import DataDirectory, data_directory
from tenure.cli.demo.files import FileManager, draft
from tenure.cli.demo.handlers import CountOrders, Health, PlaceOrder, PlaceOrderWithReceipt
from tenure.cli.demo.http_client import HttpClientPool
from tenure.cli.demo.http_server import Application, HttpServer
from tenure.cli.demo.http_wire import Request
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.threads import start_threads
from tenure.cli.demo.traffic import Traffic
from tenure.cli.demo.transaction import connection, transaction
from tenure.cli.demo.worker import AuditTrail, audit_record


def wire_run() -> Container:
    """Return the container of the run itself: what outlives the application."""
    run = Container()
    run.bind(data_directory)
    return run


def wire_application(settings: Settings, directory: DataDirectory | None = None) -> Container:
    """
    Return the container of the application, checked.

    Args:
        settings: the sizes.
        directory: where it writes; None: a directory of its own, removed when it is closed.

    Raises:
        GraphError: something is wired wrongly; nothing has been opened.
    """
    container = Container(scopes=("request",), close_timeout=10.0)
    container.bind(Settings, settings)
    if directory is None:
        container.bind(data_directory)
    else:
        container.bind(DataDirectory, directory)
    container.bind(ThreadPoolExecutor, start_threads, scope="singleton", close="shutdown")
    for part in (Logs, Database, DatabasePool, FileManager, Catalogue, Credentials, AuditTrail):
        container.bind(part)
    container.bind(Application, Api, scope="singleton")
    container.bind(HttpServer)
    container.bind(HttpClientPool)
    container.bind(Traffic)

    container.declare(Request, scope="request")
    for function in (audit_record, connection, transaction, draft):
        container.bind(function)
    for handler in (Health, CountOrders, PlaceOrder, PlaceOrderWithReceipt):
        container.bind(handler)
    container.check()
    return container
