"""Functions that nothing was wired to: a container that starts may serve them, and a program may look for them."""

import gc

import pytest

from tenure.wiring import (
    Closing,
    Provide,
    UnresolvedMarkerError,
    check_wired,
    inject,
    wire_pending,
)
from tests.wiring import support
from tests.wiring.support import Example, Other

TEXT = """
    @inject
    def named(session=Closing[Provide["session"]]):
        return session.is_open

    @inject
    def declared(service=Provide[Example.service]):
        return service

    @inject
    def foreign(extra=Provide["extra"]):
        return extra
"""


@pytest.fixture
def made(module):
    return module(TEXT, inject=inject, Provide=Provide, Closing=Closing, Example=Example)


def test_served(container, made, log):
    """A container that starts serves what it has providers for, scopes of calls included."""
    with wire_pending(container, ["wired_module"]) as wired:
        assert made.named()
        assert made.declared() is container.service()
        with pytest.raises(UnresolvedMarkerError):
            made.foreign()

    assert sorted(function.__name__ for function in wired.served) == ["declared", "named"]
    assert [each.place for each in wired.unresolved] == ["parameter 'extra' of wired_module.foreign"]
    assert log == ["open session", "close session"]


def test_withdrawn(container, made):
    """When it ends, calls are refused again; ending it twice is no harm."""
    wired = wire_pending(container)
    made.named()
    wired.unwire()
    wired.unwire()

    with pytest.raises(UnresolvedMarkerError):
        made.named()


def test_every_module(container, made):
    """Without names of modules, functions of all modules are served."""
    with wire_pending(container):
        assert made.named()


def test_only_these_modules(container, made):
    """With names of modules, others are left alone."""
    with wire_pending(container, ["wired_other"]), pytest.raises(UnresolvedMarkerError):
        made.named()


def test_wired_wins(container, made):
    """What a container was wired to is served by that one, wired before or after."""
    second = Example()
    container.wire(modules=[made.declared])
    with wire_pending(second) as pending:
        assert made.declared() is container.service()
        assert made.named()
    assert "declared" not in [function.__name__ for function in pending.served]
    with wire_pending(container):
        second.wire(modules=[made])
        assert made.declared() is second.service()
        second.unwire()
        container.wire(modules=[made])
        assert made.declared() is container.service()


def test_two_at_once(container, made):
    """Where two containers could serve, neither does: the call says so, and works when one has ended."""
    second = Example()
    first = wire_pending(container)
    with wire_pending(second):
        with pytest.raises(UnresolvedMarkerError, match="Example and Example could all serve; say which one does"):
            made.named()

    assert made.named()
    first.unwire()


def test_two_that_differ(container, made):
    """Each container serves what only it can."""
    with wire_pending(container), wire_pending(Other()):
        assert made.named()
        assert made.foreign() == "extra"


def test_check(container, made):
    """`check_wired` raises for everything in a module that nothing stands behind."""
    with pytest.raises(UnresolvedMarkerError) as caught:
        check_wired(made)
    assert len(caught.value.unresolved) == 3

    with wire_pending(container), pytest.raises(UnresolvedMarkerError) as caught:
        check_wired("wired_module")
    assert [each.marker for each in caught.value.unresolved] == ["Provide['extra']"]
    with wire_pending(container), wire_pending(Other()):
        check_wired("wired_module")
    with wire_pending(container):
        check_wired(made.named, made.declared)


def test_not_kept_alive(container):
    """Functions that are gone are not remembered."""

    def make():
        @inject
        def inner(session=Provide["session"]):
            """Is forgotten."""

    make()
    gc.collect()

    with wire_pending(container, [__name__]) as wired:
        assert "inner" not in [function.__name__ for function in wired.served]


def test_replaced_by_reload(container, module):
    """What a reload has replaced is not looked at any more."""
    names = {"inject": inject, "Provide": Provide, "Closing": Closing, "Example": Example}
    old = module(TEXT, **names)
    new = support.module_of("wired_module", TEXT, **names)

    with wire_pending(container, ["wired_module"]):
        assert new.named()
        with pytest.raises(UnresolvedMarkerError):
            old.named()


def test_check_of_what_is_not_injected(container, module):
    """`check_wired` also finds attributes, and functions that were not decorated: whoever has them calls them bare."""
    made = module(
        """
        attribute = Provide["service"]

        def bare(service=Provide["service"]):
            return service
        """,
        Provide=Provide,
    )
    bare = made.bare

    with pytest.raises(UnresolvedMarkerError) as caught:
        check_wired(made)
    first, second = sorted(map(str, caught.value.unresolved))
    assert first.startswith("attribute 'attribute' of wired_module is marked Provide['service'], and no container")
    assert second.endswith("and the function is not injected: did you forget @inject?")
    container.wire(modules=[made])
    check_wired(made)
    with pytest.raises(UnresolvedMarkerError, match="forget @inject"):
        check_wired(bare)
