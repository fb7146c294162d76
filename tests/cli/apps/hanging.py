"""A module whose import waits for what never comes."""

import threading

threading.Event().wait()
