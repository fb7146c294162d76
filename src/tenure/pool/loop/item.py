"""An item of a pool for a loop: one task makes it and closes it, out of reach of any borrower's cancellation."""

from contextvars import Context
from typing import TYPE_CHECKING, Any

from tenure.errors import ResourceEndedError
from tenure.lifecycle.closing import close_exit
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.owner import Owner
from tenure.pool.decisions.entry import LENT, Entry
from tenure.pool.making import stopwatch

if TYPE_CHECKING:
    from tenure.pool.loop.life import LoopLife


class OwnedItem:
    """
    One item, for whoever needs one; its making begins.

    Args:
        life: of the pool, which has room for it.
        context: what its task runs in.
    """

    __slots__ = ("_entry", "_generation", "_life", "_took_s")

    def __init__(self, life: "LoopLife", context: Context) -> None:
        self._life = life
        self._generation = life.core.generation
        self._took_s = stopwatch()
        self._entry: Entry | None = None
        Owner(self._open, self._close, self._crashed).start(context, life.maker.binding)

    def _open(self, owner: Owner) -> Steps[bool]:
        life = self._life
        life.making.add(owner)  # not before it runs: what is cancelled then never knows
        try:
            if life.is_closed:
                raise life.refusal()
            exit_ = yield from life.opened()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the item gets it
            life.making.discard(owner)
            life.item_failed(error)
            return False
        exit_.owner, exit_.loop = owner, life.token
        life.making.discard(owner)
        self._entry = life.made(exit_, self._generation, self._took_s())
        return True

    def _close(self, outcome: BaseException | None) -> Steps[bool]:
        assert self._entry is not None, "what was never made is not closed"
        return close_exit(self._entry.exit, outcome, self._life.maker.place(), None)

    def _crashed(self, error: BaseException) -> Any:
        life, entry = self._life, self._entry
        assert entry is not None, "what was never made does not end"
        if entry.status == LENT:
            life.cut_off[id(entry.item)] = entry
        life.do(life.core.ended(entry))
        life.kick.set()
        if not isinstance(error, ResourceEndedError):
            life.report_lost(error)
