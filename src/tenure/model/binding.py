"""A binding: key → how to make it, what it needs, how long it lives. Data only."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from tenure.choice import Choice
from tenure.keys import Key, show
from tenure.model.place import location
from tenure.model.retry import Retry
from tenure.record import record

TRANSIENT: Final = "transient"
SINGLETON: Final = "singleton"
AMBIENT: Final = "ambient"
"""The lifetime of a resource that declares none (design section 4, lifetimes)."""
CALL: Final = "call"
"""The scope of one injected call; every container knows it, innermost of all."""

NOTHING: Final[Any] = type(
    "Nothing", (), {"__repr__": lambda _: "NOTHING", "__reduce__": lambda _: "NOTHING", "__slots__": ()}
)()
"""Stands for "no value" where None is a legal one."""


class Make(Choice):
    """How the value comes to be."""

    VALUE = "value"
    """The target is the value."""
    CALL = "call"
    """Calling the target gives it (or the generator or context manager that holds it)."""
    AWAIT = "await"
    """Calling the target gives an awaitable of it."""
    MAYBE = "maybe"
    """Calling the target gives it or an awaitable of it; which of them shows only then."""
    GIVEN = "given"
    """Whoever enters the scope gives it."""


class Style(Choice):
    """How a resource is opened and closed."""

    GENERATOR = "generator"
    ASYNC_GENERATOR = "async generator"
    CONTEXT = "context manager"
    ASYNC_CONTEXT = "async context manager"
    METHODS = "methods"
    FOUND = "found"
    """What calling the target gave tells; see `detect.lifecycle_of_made`."""


class Rule(Choice):
    """What told how a resource is opened and closed (docs/clients.md); the values are what `explain` says."""

    FORM = "its form says so"
    """A generator, a context manager, or methods called `initialize`, `dispose` and `cleanup`."""
    SAID = "the declaration names the calls"
    ADAPTER = "a client that is recognised"
    ACLOSE = "it has a method `aclose`"
    CLOSE = "it has a method `close`"
    START_STOP = "it has a method `start` and a method `stop`"
    NOTHING = "it has nothing that is known to open or close it"
    NEVER = "a lock or a mock, which is never entered"


@record
class Lifecycle:
    """How one resource is opened and closed."""

    style: Style
    open: Callable[[Any], Any] | None = None
    """Style METHODS: called with the object; may give an awaitable if *opens_async*. None: nothing to open."""
    close: Callable[[Any], Any] | None = None
    """Style METHODS: called with the object. None: nothing owed."""
    opens_async: bool = False
    closes_async: bool = False
    method_names: frozenset[str] = frozenset()
    """Names of the methods on the class that are the user's spelling of open and close."""
    made_class: type | None = None
    """Style METHODS: the class that *open* and *close* belong to; None: whatever they are given will do."""
    resumes: bool = False
    """Whether a generator that cannot look at an error, its yield being unprotected, is resumed instead of shown it."""
    opens_itself: bool = False
    """Whether the class was given methods that open it; see `runtime.methods`."""
    rule: Rule = Rule.FORM
    adapter: str = ""
    """Rule ADAPTER: the class that was recognised, as programs import it."""

    @property
    def is_guess(self) -> bool:
        """Whether only the name of a method told it."""
        return self.rule in _GUESSES

    @property
    def is_lazy(self) -> bool:
        """Whether the object exists before it is opened and its own awaited methods can open it."""
        return self.opens_itself and self.opens_async

    @property
    def is_async(self) -> bool:
        """Whether anything of it has to be awaited."""
        return self.opens_async or self.closes_async


_GUESSES = (Rule.ACLOSE, Rule.CLOSE, Rule.START_STOP)


@record
class Options:
    """What a declaration says besides what it declares; None means "the container's default"."""

    scope: str | None = None
    is_resource: bool = False
    """Whether a resource was declared, not only a lifetime."""
    open_timeout: float | None = None
    """Seconds, > 0; None: no limit."""
    close_timeout: float | None = None
    """Seconds, > 0; None: the container's default for what the root owns, no limit otherwise."""
    retry: Retry | None = None
    shield: bool = False
    """Whether the resource gets an owner task wherever it lives."""
    suppress: bool = False
    """Whether its closing code may turn the body's failure into success."""
    health: Any = None
    """A `Health`; None: nothing was said; False: it is not checked."""
    tags: MappingProxyType[str, str] = MappingProxyType({})
    close: Any = None
    """Name of a closing method, or a function that takes the object."""
    optional: bool = False
    """Whether what needs it may do without where it fails to open."""
    fallback: Any = NOTHING
    """What is given instead where it fails to open: a value, or what is called without arguments for one."""
    thread_bound: bool = False
    """Whether it is opened and closed on the thread that asks for it, never on one of a pool."""


class Collect(Choice):
    """Whether a need asks for one value or for all bindings of a type."""

    ONE = "one"
    LIST = "list"
    DICT = "dict"


@record(unguarded=True)
class Need:
    """One parameter of a target."""

    name: str
    key: Key
    by_position: bool = False
    """Whether it is passed by position: every parameter that allows it is, because that is the faster call."""
    optional: bool = False
    """Whether None will do."""
    default: Any = NOTHING
    collect: Collect = Collect.ONE


@record(eq=False, unguarded=True)
class Binding:
    """Key → how to make it, what it needs, how long it lives."""

    key: Key
    make: Make
    target: Any
    lifetime: str
    needs: tuple[Need, ...] = ()
    lifecycle: Lifecycle | None = None
    options: Options = Options()
    source: Any = None
    """The class or function that stands where the target is written, or `file:line`; None: nowhere to look."""
    declared: bool = True
    """False for a concrete class that was bound to itself because it was asked for."""
    later: tuple[Key, ...] = ()
    """Keys that the target itself may ask for when it runs; nothing is passed for them."""
    is_self: bool = False
    """True for the container, which binds itself."""

    @property
    def label(self) -> str:
        """The key as shown."""
        return show(self.key)

    @property
    def where(self) -> str | None:
        """`file:line` of the target, or None; looked up when it is told."""
        source = self.source
        return source if source is None or isinstance(source, str) else location(source)

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be opened or closed."""
        return self.lifecycle is None

    @property
    def is_instance_resource(self) -> bool:
        """Whether the user made the object and Tenure opens and closes it: it has no home scope of its own."""
        return self.make is Make.VALUE and self.lifecycle is not None
