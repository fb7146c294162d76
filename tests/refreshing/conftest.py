"""Asynchronous tests run on asyncio, on uvloop and on trio."""

import pytest

LOOPS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"),
    pytest.param("trio", id="trio"),
]


@pytest.fixture(params=LOOPS)
def anyio_backend(request):
    return request.param
