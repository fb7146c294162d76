"""The loader wires modules as they are imported."""

import importlib
import sys
from importlib.machinery import PathFinder

import pytest

from tenure.wiring import (
    Provide,
    UnresolvedMarkerError,
    inject,
    install_loader,
    is_loader_installed,
    register_loader_containers,
    uninstall_loader,
    unregister_loader_containers,
)
from tests.wiring.support import Other

TEXT = """
from tenure.wiring import *
value = Provide["service"]
extra = Provide["extra"]
@inject
def function(service=Provide["service"]):
    return service
"""


@pytest.fixture
def directory(tmp_path, monkeypatch):
    (tmp_path / "wired_first.py").write_text(TEXT)
    (tmp_path / "wired_second.py").write_text(TEXT)
    (tmp_path / "wired_package").mkdir()
    (tmp_path / "wired_package" / "__init__.py").write_text(TEXT)
    (tmp_path / "wired_failing.py").write_text("raise ZeroDivisionError")
    monkeypatch.syspath_prepend(tmp_path)
    finders = list(sys.meta_path)
    yield tmp_path
    uninstall_loader()
    assert sys.meta_path == finders
    for name in [name for name in sys.modules if name.startswith("wired_")]:
        del sys.modules[name]


def test_import(container, directory):
    """A module that is imported after a container was registered is wired."""
    register_loader_containers(container)
    module = importlib.import_module("wired_first")
    package = importlib.import_module("wired_package")
    unregister_loader_containers(container)

    assert module.function() is module.value is container.service()
    assert package.function() is container.service()


def test_several(container, directory):
    """A module is wired to every container that is registered."""
    other = Other()
    register_loader_containers(container, other)
    module = importlib.import_module("wired_first")
    unregister_loader_containers(container, other)

    assert (module.value, module.extra) == (container.service(), "extra")


def test_installed(container, directory):
    """The loader is installed as long as a container is registered."""
    before = is_loader_installed()
    register_loader_containers(container)
    during = is_loader_installed()
    unregister_loader_containers(container)

    assert (before, during, is_loader_installed()) == (False, True, False)


def test_unregistered(container, directory):
    """What is imported after a container was unregistered is not wired."""
    register_loader_containers(container)
    unregister_loader_containers(container)

    with pytest.raises(UnresolvedMarkerError):
        importlib.import_module("wired_first").function()


def test_by_hand(container, directory):
    """The loader may be installed and uninstalled by hand, more than once; containers stay registered."""
    register_loader_containers(container)
    uninstall_loader()
    uninstall_loader()
    first = importlib.import_module("wired_first")
    install_loader()
    install_loader()
    second = importlib.import_module("wired_second")
    unregister_loader_containers(container)

    assert repr(first.value) == "Provide['service']"
    assert second.value is container.service()


def test_reload(container, directory):
    """A module that is loaded again is wired again."""
    register_loader_containers(container)
    module = importlib.import_module("wired_first")
    importlib.reload(module)
    unregister_loader_containers(container)

    assert module.value is module.function() is container.service()


def test_unwire(container, directory):
    """A module that the loader has wired is put back by `unwire`."""
    register_loader_containers(container)
    module = importlib.import_module("wired_first")
    unregister_loader_containers(container)
    container.unwire()

    assert repr(module.value) == "Provide['service']"


def test_failing_module(container, directory):
    """A module that fails to load fails as without the loader."""
    register_loader_containers(container)
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("wired_failing")
    unregister_loader_containers(container)

    assert "wired_failing" not in sys.modules


def test_loaders_stay(container, directory):
    """Modules keep the kind of loader that they would have had."""
    register_loader_containers(container)
    module = importlib.import_module("wired_first")
    unregister_loader_containers(container)

    plain = PathFinder.find_spec("wired_first", [str(directory)])  # others may have put hooks of their own into imports
    assert type(module.__loader__) is type(plain.loader)
    assert "exec_module" not in vars(module.__loader__)
    assert module.__spec__.origin == str(directory / "wired_first.py")


def test_names():
    """What is imported by `*` is there."""
    assert callable(inject)
    assert isinstance(Provide, type)
