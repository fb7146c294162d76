import sys

import pytest

from tests.ahead.support import Compiler, forget


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Compiler(tmp_path)
    forget([name for name in sys.modules if name.startswith("wiring_")])
