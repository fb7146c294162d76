"""Schemas in files."""

import json
import sys

import pytest
import yaml

from tenure import containers
from tenure.containers.schema import SchemaError

SCHEMA = {"container": {"number": {"provider": "Factory", "provides": "int", "args": ["12"]}}}


@pytest.fixture
def app():
    return containers.DynamicContainer()


@pytest.fixture(params=[str, lambda path: path], ids=["str", "Path"])
def written(request, tmp_path):
    """Write a file; return its path as either kind."""

    def write(text):
        path = tmp_path / "schema"
        path.write_text(text, encoding="utf-8")
        return request.param(path)

    return write


def test_yaml(app, written):
    """It says what a dictionary would."""
    app.from_yaml_schema(written(yaml.safe_dump(SCHEMA)))

    assert app.number() == 12


def test_json(app, written):
    """It says what a dictionary would."""
    app.from_json_schema(written(json.dumps(SCHEMA)))

    assert app.number() == 12


TUPLE = "container: {it: {provider: Factory, provides: str, args: [!!python/tuple [1]]}}"


def test_yaml_makes_nothing_but_data(app, written):
    """A file cannot have objects made."""
    with pytest.raises(yaml.YAMLError, match="could not determine a constructor"):
        app.from_yaml_schema(written(TUPLE))


def test_another_loader(app, written):
    """It is used as given."""
    app.from_yaml_schema(written(TUPLE), loader=yaml.UnsafeLoader)

    assert app.it() == "(1,)"


def test_text_that_is_not_ascii(app, written):
    """Files are UTF-8 whatever the machine says."""
    app.from_yaml_schema(written("container: {it: {provider: Factory, provides: str, args: [zażółć]}}"))

    assert app.it() == "zażółć"


def test_an_empty_file(app, written):
    """It is no schema."""
    with pytest.raises(SchemaError, match="a mapping with the key 'container' is expected"):
        app.from_yaml_schema(written(""))


@pytest.mark.parametrize("method", ["from_yaml_schema", "from_json_schema"])
def test_no_file(app, method, tmp_path):
    """The error names it."""
    with pytest.raises(FileNotFoundError, match="absent"):
        getattr(app, method)(tmp_path / "absent")


def test_without_pyyaml(app, written, monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(ImportError, match=r"needs PyYAML, which is not installed; .*tenure\[yaml\]"):
        app.from_yaml_schema(written(""))
