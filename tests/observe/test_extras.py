"""Exporters say which extra brings what they need."""

import importlib
import sys

import pytest


@pytest.mark.parametrize(
    ("exporter", "package", "extra"),
    [("opentelemetry", "opentelemetry", "otel"), ("prometheus", "prometheus_client", "prometheus")],
)
def test_what_is_not_installed(exporter, package, extra, monkeypatch):
    """Importing the exporter is an ImportError with the command that helps."""
    for name in [name for name in sys.modules if name.startswith((package, f"tenure.observe.{exporter}"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(ImportError, match=rf"which is not installed: pip install 'tenure\[{extra}\]'"):
        importlib.import_module(f"tenure.observe.{exporter}")
