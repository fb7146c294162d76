"""Bugs of closing: each once, all of them, in order."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "first-opened-closes-first", "L18 L19", "A",
        "runtime/emptying.py",
        "        return exits[::-1]\n",
        "        return exits\n",
    ),
    Bug(
        "late-needs-do-not-order", "L18", "A",
        "lifecycle/order.py",
        "            waiting = [d for d in dependents.pop(top.number, ()) if d.number not in ordered]\n",
        "            waiting: list[Exit] = []\n",
    ),
    Bug(
        "needs-asked-for-at-run-time-unknown", "L20 L18", "AE",
        "runtime/needing.py",
        "    if claim.asked or engine.graph.learned:\n",
        "    found.clear()\n    if None:\n",
    ),
    Bug(
        "declared-needs-unknown", "L18 L22", "AB",
        "runtime/needing.py",
        "    keys = [resource.key for resource in facts.resources]\n",
        "    keys = []\n",
    ),
    Bug(
        "declared-needs-unknown-at-once", "L18 L22", "AB",
        "runtime/at_once.py",
        "        exit_.needs = tuple(dict.fromkeys(needs))\n",
        "        exit_.needs = ()\n",
    ),
    Bug(
        "bare-exits-after-an-error-left-open", "L24 L10", "A",
        "lifecycle/bare.py",
        "            closer.note(unwrapped(error), exit_)\n",
        "            closer.note(unwrapped(error), exit_)\n            return len(exits)\n",
    ),
    Bug(
        "errors-of-bare-exits-forgotten", "L25 L24", "A",
        "lifecycle/bare.py",
        "            closer.note(unwrapped(error), exit_)\n",
        "            pass\n",
    ),
    Bug(
        "bare-generators-never-asked-to-end", "L6", "A",
        "lifecycle/bare.py",
        "                exit_.handle.close()\n                raise yields_twice(exit_.binding)\n",
        "                pass\n",
    ),
    Bug(
        "asked-to-close-too-early", "L18 L22", "AB",
        "lifecycle/ahead.py",
        "enumerate(self._n_above) if n_above == 0]",
        "enumerate(self._n_above) if n_above >= 0]",
    ),
    Bug(
        "loop-ends-owners-in-any-order", "L18", "FB",
        "lifecycle/owner.py",
        "            for dependent in list(self.dependents):\n",
        "            for dependent in list(self.dependents)[:0]:\n",
    ),
    Bug(
        "only-exceptions-are-caught", "L24", "A",
        "lifecycle/closing.py",
        "        except BaseException as error:  # noqa: BLE001 - the others are closed whatever",
        "        except Exception as error:  # noqa: BLE001 - the others are closed whatever",
    ),
    Bug(
        "closing-stops-at-the-first-error", "L24 L10", "A",
        "lifecycle/closing.py",
        "            self.note(unwrapped(error), exit_)\n        else:",
        "            self.note(unwrapped(error), exit_)\n            raise\n        else:",
    ),
    Bug(
        "done-only-when-it-ended-well", "L9", "ADE",
        "lifecycle/closing.py",
        "    exit_.done = True  # before it runs: a close that is interrupted never runs twice\n",
        "",
    ),
    Bug(
        "second-close-does-not-wait", "L15", "BC",
        "runtime/leaving.py",
        "        yield ending\n",
        "",
    ),
    Bug(
        "second-close-hides-the-failure", "L15", "B",
        "runtime/leaving.py",
        "        failure = failure or ending.failure\n",
        "",
    ),
    Bug(
        "close-ignores-openings-under-way", "L37 L8", "BC",
        "runtime/leaving.py",
        "    if scope.inflight:\n",
        "    if not scope.inflight:\n",
    ),
    Bug(
        "late-opening-is-kept", "L37 L39", "BE",
        "runtime/fulfilling.py",
        "    return home.state is not State.OPEN and all(",
        "    return home.state is State.OPEN and all(",
    ),
    Bug(
        "closed-scope-serves", "L50", "EA",
        "runtime/scope.py",
        "        if self.state is not State.OPEN:\n",
        "        if self.state in (State.DRAINING, State.CLOSING):\n",
    ),
    Bug(
        "values-handed-out-while-closing", "L11 L50", "B",
        "runtime/leaving.py",
        "        scope.cache.clear()  # a hit from here on would hand out what is about to be closed\n",
        "",
    ),
    Bug(
        "drain-closes-what-scopes-need", "L11 L46", "EB",
        "runtime/draining.py",
        "        if exit_.number in kept or exit_.number in _needed_inside(engine, root):\n",
        "        if exit_.number in kept:\n",
    ),
    Bug(
        "close-limit-ignored", "L61", "A",
        "lifecycle/closing.py",
        "        return binding.options.close_timeout or self._default_limit_s\n",
        "        return None\n",
    ),
    Bug(
        "needs-of-an-abandoned-one-stay-open", "L61 L10", "A",
        "lifecycle/closing.py",
        "            raise overran(exit_, limit_s or 0.0, self._place, waiting_at)\n",
        "            for need in exit_.needs:\n                need.done = True\n"
        "            raise overran(exit_, limit_s or 0.0, self._place, waiting_at)\n",
    ),
    Bug(
        "abandoned-thread-keeps-the-process", "L62", "F",
        "lifecycle/on_thread.py",
        'name="tenure close", daemon=True)',
        'name="tenure close", daemon=False)',
    ),
    Bug(
        "closed-by-whoever-comes", "L52 L36", "BA",
        "lifecycle/closing.py",
        " if exit_.owner is not None else self._on_the_spot(exit_)\n",
        " if exit_.owner is not None and exit_.done else self._on_the_spot(exit_)\n",
    ),
    Bug(
        "second-yield-unnoticed", "L6", "A",
        "lifecycle/handles.py",
        "    generator.close()\n    raise yields_twice(binding)\n",
        "    generator.close()\n    return False\n",
    ),
)  # fmt: skip
