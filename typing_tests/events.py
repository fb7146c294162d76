"""The types of events, as observers see them."""

from typing import assert_type

from tenure import Container
from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Event,
    Observer,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ResourceEvent,
    ScopeEntered,
    ScopeEvent,
    ScopeLeft,
    StartBegan,
    StartEnded,
)


def observer(event: Event) -> None:
    assert_type(event.at, float)
    if isinstance(event, ResourceEvent):
        assert_type(event.id, int)
        assert_type(event.label, str)
        assert_type(event.scope, str)
        assert_type(event.scope_id, int)
    if isinstance(event, Opened):
        assert_type(event.elapsed_s, float)
        assert_type(event.needs, tuple[int, ...])
        assert_type(event.label, str)
    if isinstance(event, OpenFailed | CloseFailed):
        assert_type(event.error, BaseException)
        assert_type(event.elapsed_s, float)
    if isinstance(event, OpenRetried):
        assert_type(event.attempt, int)
        assert_type(event.delay_s, float)
    if isinstance(event, Closed):
        assert_type(event.lifetime_s, float)
        assert_type(event.outcome, BaseException | None)
    if isinstance(event, Abandoned):
        assert_type(event.limit_s, float)


def scopes(event: ScopeEvent) -> None:
    if isinstance(event, ScopeEntered):
        assert_type(event.parent_id, int)
    if isinstance(event, ScopeLeft):
        assert_type(event.outcome, BaseException | None)
    if isinstance(event, StartEnded):
        assert_type(event.error, BaseException | None)
        assert_type(event.elapsed_s, float)


def every_resource_event_is_an_event(opening: Opening, closing: Closing) -> tuple[ResourceEvent, Event]:
    return opening, closing


def every_scope_event_is_an_event(began: StartBegan, left: ScopeLeft) -> tuple[ScopeEvent, Event]:
    return began, left


class Counter:
    """An object that can be called is an observer too."""

    def __call__(self, event: Event) -> int:
        return 1


def any_callable_that_takes_an_event() -> list[Observer]:
    Container(observers=[observer, Counter(), print])
    return [observer, Counter(), print, lambda event: event.at]
