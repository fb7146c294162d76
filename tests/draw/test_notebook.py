"""What a notebook shows of a container and of a timeline."""

import pytest

from tenure import Container, containers, providers
from tenure.observe import TimelineRecorder
from tests.draw.seeing import read


class Settings: ...


class Shop(containers.DeclarativeContainer):
    settings = providers.Singleton(Settings)


def container():
    found = Container()
    found.bind(Settings, scope="singleton")
    return found


@pytest.mark.parametrize("make", [container, Shop])
def test_containers_show_a_drawing(make):
    """And a tree where only text can be shown; both kinds of container."""
    bundle = make()._repr_mimebundle_(include=None, exclude=None)

    assert list(bundle) == ["image/svg+xml", "text/plain"]
    assert read(bundle["image/svg+xml"]).get("class") == "tenure-graph"
    assert "ettings" in bundle["text/plain"]


@pytest.mark.slow
def test_ipython_shows_it():
    """The formatter of IPython takes the bundle as it is."""
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    data, _ = shell.display_formatter.format(container())

    assert {"image/svg+xml", "text/plain"} <= set(data)


def test_timelines_show_a_waterfall():
    """By the method that IPython asks for."""
    observed = container()
    recorder = TimelineRecorder(observed)
    with observed:
        pass

    assert read(recorder.starts[0]._repr_svg_()).get("class") == "tenure-waterfall"
