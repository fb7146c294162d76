"""Helpers of these tests are imported by their bare name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from pool_support import AsyncFace, SyncFace


@pytest.fixture(params=[SyncFace, AsyncFace], ids=lambda cls: cls.name)
def face(request):
    return request.param()
