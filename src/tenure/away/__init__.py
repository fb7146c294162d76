"""
Containers of other processes: what is sent there in the place of one, and what a process does that works off jobs.

Nothing that is open crosses a process or a fork. Knows asyncio, threads and pickling; must not know any framework.
"""

from tenure.away.looking import find_live
from tenure.away.process import WorkerFacts
from tenure.away.ref import ContainerRef

__all__ = ["ContainerRef", "WorkerFacts", "find_live"]
