"""Pools: a few items of one kind, lent to whoever needs one for a while."""
