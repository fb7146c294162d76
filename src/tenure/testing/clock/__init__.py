"""Time that jumps: what waits for time to pass in a test waits no longer. Knows loops and clocks, no container."""

from tenure.testing.clock.virtual import VirtualClock

__all__ = ["VirtualClock"]
