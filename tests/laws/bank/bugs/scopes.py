"""Bugs of scopes: whose a value is, who holds it, what is replaced for a while."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "ambient-values-in-the-root", "L47 L49", "EA",
        "runtime/misses.py",
        "    return lambda scope: scope  # generated",
        "    return lambda scope: engine.root  # generated",
    ),
    Bug(
        "children-left-open", "L46 L10", "EA",
        "runtime/leaving.py",
        "    for child in sorted(scope.children, key=lambda child: -child.number):\n",
        "    for child in list[Scope]():\n",
    ),
    Bug(
        "scope-stays-in-its-parent", "L46 L16", "AH",
        "runtime/leaving.py",
        "        scope.ending = None  # an error that stayed here would keep its frames, and they the scope (L16)\n"
        "        if scope.parent is not None:\n            scope.parent.children.pop(scope, None)\n",
        "        scope.ending = None\n",
    ),
    Bug(
        "empty-scope-stays-in-its-parent", "L46 L16", "A",
        "runtime/leaving.py",
        "        scope.cache.clear()\n"
        "        if scope.parent is not None:\n            scope.parent.children.pop(scope, None)\n",
        "        scope.cache.clear()\n",
    ),
    Bug(
        "left-scope-stays-current", "L47 L50", "A",
        "runtime/entering.py",
        "        current.reset(token)\n        if now",
        "        if now",
    ),
    Bug(
        "closed-by-the-first-who-leaves", "L11", "A",
        "runtime/holding.py",
        "        return None if record.holders else begin_close(record)\n",
        "        return begin_close(record)\n",
    ),
    Bug(
        "what-came-open-is-closed", "L12", "A",
        "runtime/records.py",
        "        return is_opened_by_user(self.obj) or any(",
        "        return any(",
    ),
    Bug(
        "handed-out-while-its-owner-closes-it", "L11", "A",
        "runtime/holding.py",
        "            record.exit.done = True  # now",
        "            record.exit.done = False  # now",
    ),
    Bug(
        "originals-not-restored", "L57", "EA",
        "runtime/replacing.py",
        "                bring_back(aside, old)\n",
        "                pass\n",
    ),
    Bug(
        "override-leaves-its-own-open", "L57 L10", "EA",
        "runtime/replacing.py",
        "        return [each for aside in self._gone for each in aside.owed]\n",
        "        return [each for aside in self._gone[:0] for each in aside.owed]\n",
    ),
    Bug(
        "override-shows-the-original", "L57", "EA",
        "runtime/replacing.py",
        "        for each, kept in by_key(take(engine, affected)).items():\n",
        "        for each, kept in by_key(take(engine, set())).items():\n",
    ),
    Bug(
        "reset-leaves-dependents-open", "L58 L18", "EA",
        "runtime/shutting_down.py",
        "        wanted.update(new)\n        queue.extend(new)\n",
        "",
    ),
    Bug(
        "captives-allowed", "L48", "A",
        "runtime/engine.py",
        "                refuse_captive(self.plans, self.ladder, each)\n",
        "                pass\n",
    ),
)  # fmt: skip
