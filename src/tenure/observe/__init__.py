"""
Watch a container: what it opened and closed (`ResourceMonitor`), what of it answers (`ResourceHealthChecker`).

Knows events and the few methods of a container that its protocols name; opens nothing. Only `snapshot` knows engines.
"""

from tenure.observe.health import ResourceHealthChecker
from tenure.observe.leaks import LeakDetector
from tenure.observe.monitor import ResourceMonitor
from tenure.observe.serving import InspectionServer, serve_inspection
from tenure.observe.snapshot import inspection_of
from tenure.observe.timeline import Span, Timeline
from tenure.observe.timeline_recorder import TimelineRecorder
from tenure.observe.watch import Watch

__all__ = [
    "InspectionServer",
    "LeakDetector",
    "ResourceHealthChecker",
    "ResourceMonitor",
    "Span",
    "Timeline",
    "TimelineRecorder",
    "Watch",
    "inspection_of",
    "serve_inspection",
]
