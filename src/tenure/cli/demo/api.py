"""The application: each request in a scope of its own, answered by the handler for its path."""

from tenure import Container
from tenure.cli.demo.catalogue import Catalogue
from tenure.cli.demo.credentials import Credentials
from tenure.cli.demo.database import DatabasePool
from tenure.cli.demo.files import FileManager
from tenure.cli.demo.handlers import (
    CountOrders,
    Handler,
    Health,
    PlaceOrder,
    PlaceOrderWithReceipt,
    RefusalError,
)
from tenure.cli.demo.http_wire import PeerGoneError, Request, Response, WireError
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.worker import AuditRecord, AuditTrail

ROUTES: dict[tuple[str, str], type[Handler]] = {
    ("GET", "/health"): Health,
    ("GET", "/orders"): CountOrders,
    ("POST", "/orders"): PlaceOrder,
    ("POST", "/receipts"): PlaceOrderWithReceipt,
}


class Api:
    """
    Answers requests out of scopes.

    It asks for what its requests will use, so that all of it is open before the first request and closes after the
    last: whatever serves this application is closed first.
    """

    def __init__(
        self,
        container: Container,
        credentials: Credentials,
        logs: Logs,
        pool: DatabasePool,
        files: FileManager,
        catalogue: Catalogue,
        trail: AuditTrail,
    ) -> None:
        self._container = container
        self._credentials = credentials
        self._logs = logs

    async def answer(self, request: Request) -> Response:
        """
        Return the answer to *request*; when it is a 200, all that the request wrote is committed.

        Raises:
            PeerGoneError: the client left before its request was whole; nothing was written.
        """
        try:
            async with self._container.resource_scope("request", values={Request: request}) as scope:
                scope.get(AuditRecord)
                handler = await scope.aget(self._route(request))
                return await handler.handle()
        except PeerGoneError:
            raise
        except RefusalError as refusal:
            return self._failed(request, refusal.status, str(refusal))
        except (WireError, LookupError, ValueError) as error:
            return self._failed(request, 400, str(error))
        except Exception as error:  # noqa: BLE001 - a server answers, whatever happened
            return self._failed(request, 500, f"{type(error).__name__}: {error}")

    def _failed(self, request: Request, status: int, reason: str) -> Response:
        self._logs.warning("request %d: %s", request.number, reason)
        return Response(status, reason.encode())

    def _route(self, request: Request) -> type[Handler]:
        signature = request.headers.get("x-signature", "")
        if not self._credentials.is_signature(f"{request.method} {request.path} {request.number}", signature):
            raise RefusalError(401, "the signature is wrong")
        handler = ROUTES.get((request.method, request.path))
        if handler is None:
            raise RefusalError(404, f"nothing at {request.path}")
        return handler
