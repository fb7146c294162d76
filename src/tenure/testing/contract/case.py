"""What a check is given: a world, a recorder, and a container of the library that is looked at."""

from collections.abc import Iterable
from typing import Any

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import SINGLETON, Adapter, Graph, Node, NotOffered
from tenure.testing.contract.driven import Driven
from tenure.testing.contract.nodes import Body, Hook, Value, given, make, odd
from tenure.testing.contract.recorder import Recorder
from tenure.testing.contract.worlds import World


class Broken(AssertionError):  # noqa: N818  # an answer, not an error
    """A law does not hold; the text says what was expected and what was seen."""


class Case:
    """
    One run of a check.

    Attributes:
        world: where it runs.
        adapter: the class of the adapter.
        trace: what user code saw.
        was_refused: whether it came to something that the library does not offer.
    """

    def __init__(self, world: World, adapter: type[Adapter]) -> None:
        self.world = world
        self.adapter = adapter
        self.trace: Recorder = Recorder(world.now, world.who)
        self.bodies: dict[str, Body] = {}
        self._nodes: dict[str, Node] = {}
        self.was_refused = False

    # describing a graph

    @property
    def flavour(self) -> str:
        """
        What the resources of a check are in this world, where it does not matter.

        Raises:
            NotOffered: the library closes nothing of this colour.
        """
        for flavour in self.adapter.flavours:
            is_async = flavour in (flavours.ASYNC_GENERATOR, flavours.ASYNC_CLASS, flavours.ASYNC_PAIR)
            if is_async == self.world.is_async:
                return flavour
        raise NotOffered

    def node(
        self,
        name: str,
        *needs: str,
        lifetime: str = SINGLETON,
        flavour: str | None = None,
        opens: Hook | None = None,
        closes: Hook | None = None,
        swallows: bool = False,
        value: Any = Value,
        **options: Any,
    ) -> None:
        """
        Add a node to the graph; what it needs was added before.

        Args:
            name: as in "A".
            needs: names of nodes.
            lifetime: "singleton", "request" or "transient".
            flavour: what it is; None: `flavour` of this world.
            opens: what its opening does.
            closes: what its closing does.
            swallows: whether its closing swallows the error that it is shown.
            value: what it gives instead of an object of its own.
            options: what is asked for beyond that.

        Raises:
            NotOffered: the library has no such flavour or option.
        """
        flavour = flavour or self.flavour
        if flavour not in (*self.adapter.flavours, flavours.PLAIN):
            raise NotOffered
        self.want(*options)
        body = Body(name, Value, self.trace, opens, closes, swallows, value)
        self.bodies[name] = body
        self._nodes[name] = make(name, {n: self._nodes[n] for n in needs}, flavour, lifetime, body, options)

    def chain(self, *names: str, **options: Any) -> None:
        """Add nodes each of which needs the one before."""
        for i, name in enumerate(names):
            self.node(name, *names[max(i - 1, 0) : i], **options)

    def ready(self, name: str) -> list[str]:
        """Add a ready-made object; return the list of what is done to it."""
        if flavours.VALUE not in self.adapter.flavours:
            raise NotOffered
        noted: list[str] = []
        self._nodes[name] = given(name, noted)
        return noted

    def odd_generator(self, name: str, n_yields: int) -> None:
        """Let the generator of the node *name* yield that often."""
        self._nodes[name] = odd(name, self._nodes[name].flavour, self.bodies[name], n_yields)

    def want(self, *options: str) -> None:
        """
        Ask for options or promises.

        Raises:
            NotOffered: the library has not all of them.
        """
        if not self.adapter.options.issuperset(options):
            raise NotOffered

    def build(self, *, for_tests: bool = False, **options: Any) -> Driven:
        """Build the container from the nodes; *for_tests* tells that something will be overridden."""
        self.want(*options)
        if for_tests:
            options["for_tests"] = True
        return Driven(self, self.adapter(Graph(self._nodes, self.world.is_async, options)))

    def build_async(self) -> Driven:
        """Build a container for an event loop, also where none runs."""
        return Driven(self, self.adapter(Graph(self._nodes, is_async=True)))

    def type_of(self, name: str) -> type:
        """Return the class of a node."""
        return self._nodes[name].type

    # what happens in user code

    async def pause(self, life: object = None, *, n: int = 3) -> None:
        """Let others run some times; does nothing in the synchronous world."""
        for _ in range(n):
            await self.world.checkpoint()

    def failing(self, *errors: BaseException | None) -> Hook:
        """Return user code that raises the next of *errors* at each call, and nothing when it comes to None."""
        left = list(errors)

        async def fail(life: object) -> None:
            error = left.pop(0) if left else None
            if error is not None:
                raise error

        return fail

    # judging

    def expect(self, is_so: object, text: str) -> None:
        """
        Say that a law demands *text*.

        Raises:
            Broken: it is not so.
        """
        if not is_so:
            raise Broken(text)

    def expect_none(self, found: Iterable[str]) -> None:
        """Say that there is nothing of the kind."""
        found = list(found)
        self.expect(not found, "; ".join(found))

    def expect_all_closed(self) -> None:
        """Say that everything opened was closed."""
        self.expect_none(f"{name}{n} is still open" for name, n in self.trace.live())

    def reachable(self, error: BaseException | None) -> list[BaseException]:
        """Return *error* and whatever it carries: members of groups, causes, contexts, the library's own way."""
        found: dict[int, BaseException] = {}
        stack = [error] if error is not None else []
        while stack:
            each = stack.pop()
            if id(each) in found:
                continue
            found[id(each)] = each
            stack += [e for e in (each.__cause__, each.__context__) if e is not None]
            stack += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
            stack += self._reader.carried(each)
        return list(found.values())

    @property
    def _reader(self) -> Adapter:
        return self.adapter.__new__(self.adapter)
