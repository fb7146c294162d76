"""What every folder of tests shares."""

from hypothesis import settings

# The machines are noisy: how long one example takes says nothing; pytest-timeout ends what hangs.
settings.register_profile("tenure", deadline=None, parent=settings())  # CI: the same examples each time
settings.load_profile("tenure")
