"""
Whether the server that runs here was told to stop.

A server of ASGI that ends in order waits for the answers that it has begun, and an event stream has no end of its own;
the protocol knows no message for that. Uvicorn says it by an attribute of the object whose method answers the signals.
Servers of other kinds cancel what is left after a while, or wait until a stream's time is over.
"""

import signal


def is_server_stopping() -> bool:
    """Tell whether a handler of SIGINT or SIGTERM belongs to a server that is to exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        owner = getattr(signal.getsignal(number), "__self__", None)
        if getattr(owner, "should_exit", False) is True:
            return True
    return False
