"""Pools: a few items of one kind, lent to whoever needs one for a while."""

from tenure.pool.borrower import Borrower
from tenure.pool.loan import Loan
from tenure.pool.pool import Pool
from tenure.pool.stats import Histogram, PoolStats

__all__ = ["Borrower", "Histogram", "Loan", "Pool", "PoolStats"]
