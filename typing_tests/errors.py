"""The types of errors and of the facts that they carry."""

from typing import Any, assert_type

from tenure import ResourceError, TenureError
from tenure.errors import (
    AsyncInSyncError,
    BindingError,
    BindingInUseError,
    CircularDependencyError,
    CloseError,
    ContainerClosedError,
    Finding,
    GraphError,
    MissingBindingError,
    PathStep,
    ResourceExhaustedError,
    ResourceInitializationError,
    ResourceProtocolError,
    ResourceTimeoutError,
    ScopeError,
    ScopeNotOpenError,
    WrongLoopError,
    closing_errors,
)


def paths(missing: MissingBindingError, cycle: CircularDependencyError, step: PathStep) -> None:
    assert_type(missing.path, tuple[PathStep, ...])
    assert_type(missing.key, Any)
    assert_type(missing.reason, str)
    assert_type(missing.near, tuple[str, ...])
    assert_type(cycle.path, tuple[PathStep, ...])
    assert_type(step.parameter, str | None)
    assert_type(step.where, str | None)


def resources(late: ResourceTimeoutError, wrong: ResourceProtocolError, loop: WrongLoopError) -> None:
    assert_type(late.label, str)
    assert_type(late.phase, str)
    assert_type(late.limit_s, float)
    assert_type(late.where, str | None)
    assert_type(wrong.problem, str)
    assert_type(wrong.hint, str)
    assert_type(loop.opened_on, str)
    assert_type(loop.used_on, str)


def scopes(not_open: ScopeNotOpenError, closed: ContainerClosedError, colour: AsyncInSyncError) -> None:
    assert_type(not_open.scope, str)
    assert_type(closed.subject, str)
    assert_type(closed.state, str)
    assert_type(colour.labels, tuple[str, ...])
    assert_type(colour.act, str)
    assert_type(colour.way_out, str)


def findings(error: GraphError, finding: Finding) -> None:
    assert_type(error.findings, tuple[Finding, ...])
    assert_type(finding.level, str)
    assert_type(finding.kind, str)
    assert_type(finding.text, str)
    assert_type(finding.where, str | None)


def closing(error: BaseException) -> None:
    assert_type(closing_errors(error), tuple[BaseException, ...])
    try:
        raise error
    except* OSError as group:
        assert_type(group, ExceptionGroup[OSError])
    try:
        raise error
    except CloseError as caught:
        assert_type(caught.exceptions, tuple[Exception | ExceptionGroup[Exception], ...])


def one_tree(
    a: AsyncInSyncError, b: BindingError, c: BindingInUseError, d: CircularDependencyError, e: CloseError
) -> list[TenureError]:
    return [a, b, c, d, e]


def one_tree_more(
    a: ContainerClosedError, b: GraphError, c: MissingBindingError, d: ScopeError, e: WrongLoopError, f: ResourceError
) -> list[TenureError]:
    return [a, b, c, d, e, f]


def about_one_resource(
    a: ResourceExhaustedError, b: ResourceInitializationError, c: ResourceProtocolError, d: ResourceTimeoutError
) -> list[ResourceError]:
    return [a, b, c, d]


def builtin_bases(
    a: MissingBindingError,
    b: ScopeNotOpenError,
    c: BindingError,
    d: ResourceTimeoutError,
    e: AsyncInSyncError,
    f: CloseError,
) -> tuple[LookupError, LookupError, TypeError, TimeoutError, RuntimeError, ExceptionGroup[Exception]]:
    return a, b, c, d, e, f
