"""
The classes and functions that every library wires up, the same for all of them.

Nothing here knows a library. The resources leave a trace of how they were closed on what they yield: one attribute
each, for all libraries alike, so that what is timed is what was checked.
"""

from collections.abc import AsyncIterator, Iterator


class Settings:
    """A singleton."""


class Clock:
    """Another singleton."""


class Leaf:
    """Needs nothing."""


# S3: nine new objects over two singletons, five levels deep


class Driver:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock


class Session:
    def __init__(self, driver: Driver, settings: Settings) -> None:
        self.driver = driver
        self.settings = settings


class Codec:
    """Needs nothing."""


class Repository:
    def __init__(self, session: Session, codec: Codec) -> None:
        self.session = session
        self.codec = codec


class Mailer:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings


class Service:
    def __init__(self, repository: Repository, mailer: Mailer) -> None:
        self.repository = repository
        self.mailer = mailer


class Signer:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock


class Audit:
    def __init__(self, signer: Signer, clock: Clock) -> None:
        self.signer = signer
        self.clock = clock


class Api:
    def __init__(self, service: Service, audit: Audit) -> None:
        self.service = service
        self.audit = audit


DEEP = (Driver, Session, Codec, Repository, Mailer, Service, Signer, Audit, Api)
"""The new objects of S3, dependencies first."""

# S4: one object with twenty transient dependencies

PARTS = tuple(type(f"Part{number}", (), {"__module__": __name__}) for number in range(20))
globals().update({part.__name__: part for part in PARTS})


class Wide:
    """Its constructor is written out below, as a user would write it."""


_ARGUMENTS = ", ".join(f"part{number}: Part{number}" for number in range(20))
_BODY = "\n".join(f"    self.part{number} = part{number}" for number in range(20))
exec(f"def __init__(self, {_ARGUMENTS}) -> None:\n{_BODY}", globals(), _made := {})
Wide.__init__ = _made["__init__"]


# S5n: five objects of a request, nothing to close


class Identity:
    """Needs nothing."""


class Permissions:
    def __init__(self, identity: Identity) -> None:
        self.identity = identity


class Basket:
    def __init__(self, identity: Identity) -> None:
        self.identity = identity


class Checkout:
    def __init__(self, basket: Basket, permissions: Permissions) -> None:
        self.basket = basket
        self.permissions = permissions


class Page:
    def __init__(self, checkout: Checkout, identity: Identity) -> None:
        self.checkout = checkout
        self.identity = identity


REQUEST = (Identity, Permissions, Basket, Checkout, Page)

# S5, S6: five objects of a request, two of them generator resources


class Connection:
    is_open = True


class Transaction:
    was_connected: bool | None = None
    """When it was closed: whether its connection was still open."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


def open_connection() -> Iterator[Connection]:
    connection = Connection()
    try:
        yield connection
    finally:
        connection.is_open = False


def open_transaction(connection: Connection) -> Iterator[Transaction]:
    transaction = Transaction(connection)
    try:
        yield transaction
    finally:
        transaction.was_connected = connection.is_open


async def aopen_connection() -> AsyncIterator[Connection]:
    connection = Connection()
    try:
        yield connection
    finally:
        connection.is_open = False


async def aopen_transaction(connection: Connection) -> AsyncIterator[Transaction]:
    transaction = Transaction(connection)
    try:
        yield transaction
    finally:
        transaction.was_connected = connection.is_open


class Orders:
    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction


class Users:
    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction


class Handler:
    def __init__(self, orders: Orders, users: Users) -> None:
        self.orders = orders
        self.users = users


# S13: what a web request needs


class Ledger:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Accounts:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger


class Billing:
    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts


# the declarative rows


class Pair:
    def __init__(self, left: Leaf, right: Leaf) -> None:
        self.left = left
        self.right = right


class Reader:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Desk:
    def __init__(self, left: Reader, right: Reader) -> None:
        self.left = left
        self.right = right
