"""A pool for threads: whoever finds something to do does it."""
