"""
The laws of resource lifecycle as checks that run on any container through a small adapter.

    results = contract.run(MyAdapter)

    class TestMine(contract.Suite):  # in a module that pytest collects
        adapter = MyAdapter
"""

from tenure.testing.contract.adapter import Adapter, Graph, Node, NotOffered, Source
from tenure.testing.contract.check import CHECKS, Check
from tenure.testing.contract.laws import LAWS, Law, law
from tenure.testing.contract.results import Results, Verdict
from tenure.testing.contract.running import run
from tenure.testing.contract.suite import Suite
from tenure.testing.contract.worlds import WORLDS

__all__ = [
    "CHECKS",
    "LAWS",
    "WORLDS",
    "Adapter",
    "Check",
    "Graph",
    "Law",
    "Node",
    "NotOffered",
    "Results",
    "Source",
    "Suite",
    "Verdict",
    "law",
    "run",
]
