"""L46 to L50: scopes inside containers."""

from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import check
from tenure.testing.contract.recorder import CLOSED, OPENED


@check("L46")
async def a_close_ends_open_scopes_first(case: Case) -> None:
    """Closing a container with an open scope closes what the scope owns first, or refuses."""
    case.node("A")
    case.node("B", "A", lifetime="request")
    container = case.build()
    try:
        async with container.scope() as scope:
            await scope.get("B")
            await container.caught(container.close)
            case.expect_none(case.trace.misordered())
    except AssertionError:
        raise
    except NotOffered:
        raise
    except Exception:  # noqa: BLE001, S110  # a scope whose container was closed may say so
        pass
    await container.close()
    case.expect_none(case.trace.misordered())
    case.expect_none(case.trace.twice())
    case.expect_all_closed()


@check("L46")
async def ended_scopes_leave_nothing(case: Case) -> None:
    """After many scopes there are no more objects than after a few."""
    case.chain("A", "B", lifetime="request")
    container = case.build()

    async def use(n: int) -> int:
        for _ in range(n):
            async with container.scope() as scope:
                await scope.get("B")
        case.trace.steps.clear()
        return case.world.n_objects()

    await use(20)
    before = await use(20)
    after = await use(200)
    case.expect(after - before < 200, f"200 scopes leave nothing behind; they left {after - before} objects")
    await container.close()


@check("L47")
async def siblings_have_their_own(case: Case) -> None:
    """Two scopes have instances of their own; each gives the same one every time; a singleton is shared."""
    case.node("A")
    case.node("B", "A", lifetime="request")
    container = case.build()
    seen = []
    for _ in range(2):
        async with container.scope() as scope:
            b = await scope.get("B")
            case.expect(await scope.get("B") is b, "a scope gives the same instance every time")
            seen.append(b)
    case.expect(seen[0] is not seen[1], "scopes do not share instances")
    case.expect(seen[0].needs[0] is seen[1].needs[0], "scopes share the singleton")
    case.expect(case.trace.count(OPENED, "A") == 1, "the singleton is opened once")
    case.expect(case.trace.names(CLOSED) == "B B", "it stays open when scopes end")
    await container.close()


@check("L47")
async def scopes_side_by_side_have_their_own(case: Case) -> None:
    """Of two scopes that are open at once each has an instance of its own."""
    case.node("B", lifetime="request")
    container = case.build()
    async with container.scope() as one:
        first = await one.get("B")
        async with container.scope() as two:
            second = await two.get("B")
    case.expect(first is not second or case.trace.names(CLOSED) == "B", "each has its own, or the inner one is a child")
    await container.close()
    case.expect_all_closed()
    case.expect_none(case.trace.twice())


@check("L48")
async def the_short_lived_is_not_captured(case: Case) -> None:
    """A singleton that needs something of a scope is rejected before anything is opened, and the error names both."""
    case.node("Short", lifetime="request")
    case.node("Long", "Short")
    error: BaseException | None = None
    try:
        container = case.build()
        try:
            container.adapter.check()
        except NotOffered:
            pass
        async with container.scope() as scope:
            await scope.get("Long")
    except NotOffered:
        raise
    except Exception as raised:  # noqa: BLE001  # which one is up to the library
        error = raised
    case.expect(error is not None, "a singleton that needs something of a scope is rejected; it was made")
    case.expect(not case.trace.steps, "it is rejected before anything is opened")
    text = " ".join(f"{each} {getattr(each, '__notes__', '')}" for each in case.reachable(error))
    case.expect(
        "long" in text.lower() and "short" in text.lower(),
        f"the error names both; it says {' '.join(text.split())[:120]}",
    )


@check("L49")
async def what_is_made_for_each_asking_is_closed(case: Case) -> None:
    """Each transient resource is closed once by the scope that asked, at its end."""
    case.node("T", lifetime="transient")
    container = case.build()
    async with container.scope() as scope:
        first, second = await scope.get("T"), await scope.get("T")
        case.expect(first is not second, "each asking makes a new one")
    n = case.trace.count(CLOSED, "T")
    case.expect(n == 2, f"the end of the scope closes both; it closed {n}")
    case.expect_none(case.trace.twice())
    await container.close()


@check("L50")
async def an_ended_scope_refuses(case: Case) -> None:
    """A scope that has ended serves nobody, and opens nothing."""
    case.node("B", lifetime="request")
    case.node("C", lifetime="request")
    container = case.build()
    async with container.scope() as scope:
        await scope.get("B")
    for name, told in (("B", "what it closed"), ("C", "something new")):
        error = await container.caught(scope.get, name)
        case.expect(error is not None, f"an ended scope refuses; it gave {told}")
    case.expect(case.trace.names(OPENED) == "B", "it opens nothing")
    await container.close()


@check("L50")
async def a_closed_container_hands_out_nothing_closed(case: Case) -> None:
    """A closed container refuses, or, where it is documented to serve anew, makes everything anew."""
    case.node("A")
    container = case.build()
    a = await container.get("A")
    await container.close()
    error = await container.caught(container.get, "A")
    if not case.adapter.reopens:
        n = case.trace.count(OPENED, "A")
        told = "opened A again" if n > 1 else "gave the closed A"
        case.expect(error is not None, f"a closed container refuses; it {told}")
        return
    case.expect(error is None, f"it serves anew; it raised {error!r}")
    case.expect(await container.get("A") is not a, "it does not hand out what it closed")
    await container.close()
    case.expect_all_closed()
