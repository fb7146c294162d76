"""The contract as tests: a class for pytest to collect."""

from typing import Any, ClassVar

from tenure.testing.contract.adapter import Adapter
from tenure.testing.contract.check import Check
from tenure.testing.contract.laws import law
from tenure.testing.contract.results import BROKEN, NOT_OFFERED
from tenure.testing.contract.running import run_one, selected
from tenure.testing.contract.worlds import WORLDS


class Suite:
    """
    Give pytest a test for each check and world.

    In a module that pytest collects::

        class TestMine(contract.Suite):
            adapter = MyAdapter

    Attributes:
        adapter: what is tested.
        worlds: where.
        known: laws that are known to be broken, with the reason; their tests are expected to fail.
    """

    adapter: ClassVar[type[Adapter]]
    worlds: ClassVar[tuple[str, ...]] = WORLDS
    known: ClassVar[dict[str, str]] = {}
    test_law: ClassVar[Any]

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the class a test with a parameter for each check and world."""
        import pytest  # noqa: PLC0415  # whoever writes a suite has it

        super().__init_subclass__(**options)
        if not hasattr(cls, "adapter"):
            return
        pairs = [
            pytest.param(
                check,
                name,
                id=f"{check.law}-{check.name}-{name}",
                marks=[pytest.mark.xfail(reason=cls.known[check.law])] if check.law in cls.known else [],
            )
            for check, name in selected(cls.adapter, cls.worlds)
        ]

        def test_law(self: Any, check: Check, world: str) -> None:
            self.hold(check, world)

        cls.test_law = pytest.mark.parametrize(("check", "world"), pairs)(test_law)

    def hold(self, check: Check, world: str) -> None:
        """Run one check; fail with what was expected, the trace and the law, skip what is not offered."""
        import pytest  # noqa: PLC0415  # whoever writes a suite has it

        verdict = run_one(check, self.adapter, world)
        if verdict.outcome == NOT_OFFERED:
            pytest.skip(f"{self.adapter.name}: not offered")
        if verdict.outcome == BROKEN:
            held = law(check.law)
            pytest.fail(
                f"{held.name}: {held.statement}\n{check.sentence}\nin {world}: {verdict.reason}\n{verdict.trace}",
                pytrace=False,
            )
