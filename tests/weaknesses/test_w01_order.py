"""W1: independent resources open and close in an arbitrary order, the order of their addresses."""

from tests.weaknesses.support import Holds, contrast, opening

NAMES = "abcdefgh"


def runs(library, count=40):
    """(opened, closed) of *count* containers, which all stay alive, so that addresses differ."""
    kept = []
    for number in range(count):
        log = []
        container = library.container(**{name: library.resource(opening(log, name)) for name in NAMES})
        kept.append((container, [object() for _ in range(number)]))
        container.init_resources()
        container.shutdown_resources()
        entries = "".join(log).replace("+", "").replace("-", "")
        yield entries[: len(NAMES)], entries[len(NAMES) :]


@contrast(theirs=Holds(lambda orders: orders != {NAMES}, "another order than the declared one"), ours={NAMES})
def test_independent_resources_open_in_order_of_declaration(library):
    """W1, L19: the same declarations give the same order of opening, the declared one."""
    return {opened for opened, _ in runs(library)}


@contrast(theirs=Holds(lambda wrong: wrong > 0, "some not reversed"), ours=0)
def test_independent_resources_close_in_reverse_of_opening(library):
    """W1, L19, #432: the order of closing is the exact reverse of the order of opening."""
    return sum(closed != opened[::-1] for opened, closed in runs(library))


@contrast(theirs=Holds(lambda orders: len(orders) > 1, "several orders"), ours={NAMES[::-1]})
def test_order_of_closing_is_the_same_each_time(library):
    """W1, L19: forty containers of one declaration close in one order."""
    return {closed for _, closed in runs(library)}


@contrast(theirs=Holds(lambda orders: orders != {"-d-c-b-a"}, "another order"), ours={"-d-c-b-a"})
def test_resources_of_containers_inside_close_in_reverse(library):
    """W1, L19: what stands in containers inside closes in the reverse of its opening too."""
    kept, orders = [], set()
    for number in range(40):
        log = []
        inner = library.declare(**{name: library.resource(opening(log, name)) for name in "dc"})
        own = {name: library.resource(opening(log, name)) for name in "ba"}
        container = library.container(inner=library.providers.Container(inner), **own)
        kept.append((container, [object() for _ in range(number)]))
        for provider in (container.a, container.b, container.inner.c, container.inner.d):
            provider()
        container.shutdown_resources()
        orders.add("".join(log[4:]))
    return orders
