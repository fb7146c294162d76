"""What every folder of tests shares."""

from hypothesis import settings

# The machines are noisy: how long one example takes says nothing; pytest-timeout ends what hangs.
settings.register_profile("tenure", deadline=None, parent=settings.get_profile("default"))
settings.load_profile("tenure")
