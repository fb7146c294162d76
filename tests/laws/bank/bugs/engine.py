"""Bugs at the borders: sync and async, the end of the process, its children."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "sync-close-closes-before-it-refuses", "L51", "A",
        "runtime/leaving.py",
        "        if labels:\n",
        "        if labels and not is_async and scope.parent is not None and scope.state is None:\n",
    ),
    Bug(
        "sync-get-opens-before-it-refuses", "L51", "AE",
        "runtime/refusing.py",
        "    if needed:\n        raise",
        "    if needed and not needed:\n        raise",
    ),
    Bug(
        "end-of-process-closes-nothing", "L70", "F",
        "runtime/forgotten.py",
        "atexit.register(close_at_exit)\n",
        "",
    ),
    Bug(
        "end-of-process-closes-outer-scopes-first", "L70 L46", "F",
        "runtime/forgotten.py",
        "        for scope in reversed(list(_tree(engine.root))):\n",
        "        for scope in list(_tree(engine.root)):\n",
    ),
    Bug(
        "forgotten-close-says-nothing", "L70", "F",
        "runtime/forgotten.py",
        "    warnings.warn(text, ResourceWarning, stacklevel=2, source=source)\n",
        "",
    ),
    Bug(
        "forked-child-closes", "L70", "F",
        "runtime/forgotten.py",
        "    os.register_at_fork(after_in_child=disown_in_child)\n",
        "    pass\n",
    ),
)  # fmt: skip
