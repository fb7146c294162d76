"""
Openings and closings that go wrong on purpose: `Faults` for one test, `every_fault` for all of them in turn.

Knows how the library opens and closes, in the one file `seam`; costs nothing where nobody asks for a fault.
"""

from tenure.testing.faults.cutting import CutOff
from tenure.testing.faults.every import EveryFault, FaultRun, areplay, every_fault, replay
from tenure.testing.faults.faults import Faults, Happened
from tenure.testing.faults.plans import Fault
from tenure.testing.faults.rules import InjectedFault

__all__ = [
    "CutOff",
    "EveryFault",
    "Fault",
    "FaultRun",
    "Faults",
    "Happened",
    "InjectedFault",
    "areplay",
    "every_fault",
    "replay",
]
