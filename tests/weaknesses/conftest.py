"""The two libraries; where dependency-injector is not installed, only Tenure's side runs."""

import pytest

pytest.register_assert_rewrite("tests.weaknesses.support")

from tests.weaknesses.support import Library  # noqa: E402  (after the line that rewrites its assertions)


@pytest.fixture
def library(request):
    pytest.importorskip(request.param)
    return Library(request.param)
