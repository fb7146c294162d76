"""
A page that shows a container: its graph, what is open, how it started, what went wrong (docs/dashboard.md).

`Dashboard` is an ASGI application to mount or to serve; `serving` serves one by itself on this machine.
"""

from tenure.dashboard.app import Dashboard
from tenure.dashboard.serving import serving
from tenure.dashboard.streaming import Pace

__all__ = ["Dashboard", "Pace", "serving"]
