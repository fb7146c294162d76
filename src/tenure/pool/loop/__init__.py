"""A pool for one event loop: its items live in tasks of their own."""
