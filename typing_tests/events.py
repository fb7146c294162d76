"""The types of events, as observers see them."""

from typing import assert_type

from tenure.events import Event, Opened, Opening, ResourceEvent


def observer(event: Event) -> None:
    assert_type(event.at, float)
    if isinstance(event, Opened):
        assert_type(event.elapsed_s, float)
        assert_type(event.needs, tuple[int, ...])
        assert_type(event.label, str)


def every_resource_event_is_an_event(opening: Opening) -> tuple[ResourceEvent, Event]:
    return opening, opening
