"""Bugs of waiting: cancellation, shields, circles, threads, loops."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "shield-dropped", "L35 L30", "AB",
        "lifecycle/backends/trio.py",
        "        return trio.CancelScope(shield=True)\n",
        "        return trio.CancelScope(shield=False)\n",
    ),
    Bug(
        "wait-given-up-at-the-first-cancel", "L30 L10", "BA",
        "lifecycle/backends/asyncio.py",
        "            except asyncio.CancelledError as error:\n                saved = error\n",
        "            except asyncio.CancelledError as error:\n                return error\n",
    ),
    Bug(
        "wait-unshielded-on-trio", "L30 L35", "BA",
        "lifecycle/backends/trio.py",
        "                saved = error\n            else:\n",
        "                return error\n            else:\n",
    ),
    Bug(
        "cancel-while-closing-lost", "L31", "BA",
        "lifecycle/outcome.py",
        "            self.cancelled = self.cancelled or interruption\n",
        "            pass\n",
    ),
    Bug(
        "cancelled-exit-swallowed", "L31", "BA",
        "lifecycle/closing.py",
        "            self.report.cancelled = error\n",
        "            pass\n",
    ),
    Bug(
        "opener-cancelled-fails-everybody", "L33", "B",
        "runtime/fulfilling.py",
        "return None if owner is None or backend.cancels_by_level else error\n",
        "return error\n",
    ),
    Bug(
        "no-owner-tasks", "L52 L33", "BA",
        "runtime/owned.py",
        "    lifecycle = binding.lifecycle\n    if home.task is None:\n        return ",
        "    lifecycle = binding.lifecycle\n    if home.task is None:\n        return False\n"
        "    if home.task is None:\n        return ",
    ),
    Bug(
        "circles-of-waits-unnoticed", "L38", "BC",
        "lifecycle/circles.py",
        "            path = _path(self.claim, mine) if mine.is_waited_for else None\n",
        "            path: tuple[Claim, ...] | None = None\n",
    ),
    Bug(
        "waits-for-itself", "L38 L39", "B",
        "lifecycle/circles.py",
        "        if is_part_of(self.claim):\n",
        "        if is_part_of(self.claim) and mine is None:\n",
    ),
    Bug(
        "close-inside-an-opening-waits-for-it", "L39", "BE",
        "runtime/patience.py",
        "            if is_of_own_code(claim):  #",
        "            if claim.done.is_set:  #",
    ),
    Bug(
        "wake-up-lost", "L43 L41", "C",
        "lifecycle/latch.py",
        "        with self._guard:\n            if not self.is_set:\n",
        "        if True:\n            if not self.is_set:\n",
    ),
    Bug(
        "wrong-loop-unnoticed", "L54", "A",
        "lifecycle/closing.py",
        "    if exit_ is None or exit_.loop is None or exit_.done:\n        return\n",
        "    if exit_ is None or exit_.loop is None or exit_.done or exit_.loop:\n        return\n",
    ),
)  # fmt: skip
