"""Bugs of opening: what is owed, made once, tried again, started together."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "closes-what-failed-to-open", "L3", "A",
        "lifecycle/handles.py",
        "            return enter(made), made\n",
        "            try:\n"
        "                return enter(made), made\n"
        "            except Exception:\n"
        "                type(made).__exit__(made, None, None, None)\n"
        "                raise\n",
    ),
    Bug(
        "dependency-not-owed", "L3 L10", "A",
        "runtime/fulfilling.py",
        "        exits[place] = exit_\n",
        "        if len(openings()) == 0:\n            exits[place] = exit_\n",
    ),
    Bug(
        "failure-remembered", "L7", "A",
        "runtime/fulfilling.py",
        "    with engine.lock:\n        _withdraw(binding, home, claim)\n    # a cancellation",
        "    # a cancellation",
    ),
    Bug(
        "waiters-forgotten-by-base-exceptions", "L43 L24", "BC",
        "runtime/fulfilling.py",
        "    claim.fail(shared_failure(error, chain, claim, owner))\n",
        "    if isinstance(error, Exception):\n"
        "        claim.fail(shared_failure(error, chain, claim, owner))\n",
    ),
    Bug(
        "no-single-flight", "L2", "BC",
        "runtime/opening.py",
        "        claim = inflight.get(key)\n        if claim is not None and not claim.is_own:\n",
        "        claim = None\n        if claim is not None:\n",
    ),
    Bug(
        "no-second-look-under-the-lock", "L2 L41", "C",
        "runtime/opening.py",
        "        if key in home.cache:\n            return None, False\n        home.refuse",
        "        home.refuse",
    ),
    Bug(
        "objects-opened-twice-at-once", "L2", "BC",
        "runtime/managed.py",
        "        if record.claim is not None:\n            return record.claim, None\n",
        "",
    ),
    Bug(
        "lock-held-over-user-code", "L42", "C",
        "runtime/at_once.py",
        "                exit_ = _opened(engine, binding, home, claim, call, facts)\n",
        "                with engine.lock:\n"
        "                    exit_ = _opened(engine, binding, home, claim, call, facts)\n",
    ),
    Bug(
        "no-yield-gives-a-value", "L6", "A",
        "lifecycle/handles.py",
        "            if value is _END:\n                raise never_yields(binding)\n",
        "",
    ),
    Bug(
        "none-is-no-value", "L6 L2", "A",
        "runtime/fulfilling.py",
        "    if binding.lifetime != TRANSIENT and home.state is State.OPEN:\n",
        "    if binding.lifetime != TRANSIENT and home.state is State.OPEN and value is not None:\n",
    ),
    Bug(
        "one-attempt-too-many", "L65", "B",
        "model/retry.py",
        "return attempt < self.attempts and",
        "return attempt <= self.attempts and",
    ),
    Bug(
        "tries-again-for-nobody", "L65", "B",
        "lifecycle/opening.py",
        "claim.unwanted.is_set:\n",
        "claim.unwanted is None:\n",
    ),
    Bug(
        "open-limit-ignored", "L60", "A",
        "lifecycle/opening.py",
        "    if limit_s is None:\n        return (yield from _make_and_open(binding, make))\n",
        "    if limit_s is not None or limit_s is None:\n        return (yield from _make_and_open(binding, make))\n",
    ),
    Bug(
        "max-parallel-ignored", "L63", "B",
        "lifecycle/turns.py",
        "self._free = limit\n",
        "self._free = None\n",
    ),
    Bug(
        "start-one-after-the-other", "L63", "B",
        "runtime/starting.py",
        "    run = Start(max_parallel)\n",
        "    run = Start(1)\n",
    ),
    Bug(
        "start-goes-on-after-a-failure", "L64", "AB",
        "runtime/turns.py",
        "        self.aborted = True\n",
        "        self.aborted = False\n",
    ),
    Bug(
        "failed-start-keeps-what-it-opened", "L4", "A",
        "runtime/starting.py",
        "        failure = await adrive(roll_back(engine, scope, run, errors))\n",
        "        failure = errors[0]\n",
    ),
    Bug(
        "failed-sync-start-keeps-what-it-opened", "L4", "A",
        "runtime/starting.py",
        "    return drive(roll_back(engine, scope, run, errors))\n",
        "    return errors[0]\n",
    ),
    Bug(
        "rollback-closes-what-others-took", "L11 L18", "B",
        "runtime/rolling_back.py",
        "                kept = _needed_by_others(engine.root, {exit_.number for _, _, exit_ in here}, under_way)\n",
        "                kept: set[int] = set()\n",
    ),
    Bug(
        "hung-opening-is-waited-for", "L37 L60", "A",
        "runtime/patience.py",
        "                self._ends[claim] = math.inf if limit_s is None else loop_time() + limit_s\n",
        "                self._ends[claim] = math.inf\n",
    ),
    Bug(
        "start-leaves-what-hangs", "L60", "A",
        "runtime/starting.py",
        "    if culprit.opener is not None and culprit.opener.begun_by is run:\n",
        "    if culprit.opener is None:\n",
    ),
    Bug(
        "cut-off-opening-is-kept", "L60 L4", "A",
        "runtime/fulfilling.py",
        "    if claim.withdrawn or claim.is_cut_off:\n",
        "    if claim.withdrawn:\n",
    ),
    Bug(
        "cut-off-once-and-waited-for", "L37 L60", "A",
        "runtime/patience.py",
        "        if claim.is_cut_off:\n            self._let_go(claim, home)\n",
        "        if claim.is_cut_off:\n            self._ends[claim] = math.inf\n",
    ),
)  # fmt: skip
