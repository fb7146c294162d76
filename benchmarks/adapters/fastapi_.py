"""FastAPI's own `Depends`."""

from typing import Annotated

from fastapi import Depends

from benchmarks import graphs as g
from benchmarks import web
from benchmarks.case import Case


async def make_ledger(connection: Annotated[g.Connection, Depends(g.aopen_connection)]) -> g.Ledger:
    return g.Ledger(connection)


async def make_accounts(ledger: Annotated[g.Ledger, Depends(make_ledger)]) -> g.Accounts:
    return g.Accounts(ledger)


async def make_billing(accounts: Annotated[g.Accounts, Depends(make_accounts)]) -> g.Billing:
    return g.Billing(accounts)


class Adapter:
    """Dependencies of requests alone."""

    def s13(self) -> Case:
        async def endpoint(billing: Annotated[g.Billing, Depends(make_billing)]) -> dict[str, bool]:
            return web.answer(billing)

        return web.case(web.application(endpoint))
