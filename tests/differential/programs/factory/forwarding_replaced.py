"""A dependency given whole in the call is used as it is."""

from dependency_injector import providers


class Clock:
    def __init__(self, zone="UTC"):
        self.zone = zone


class Meeting:
    def __init__(self, clock, room):
        self.clock = clock
        self.room = room


meeting = providers.Factory(Meeting, clock=providers.Factory(Clock), room="A")
own = Clock("CET")

print(meeting(clock=own).clock is own)
print(meeting(room="B", clock=own).room)
print(meeting().clock.zone)
