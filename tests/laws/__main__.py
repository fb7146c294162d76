"""`python -m tests.laws`, from the project folder: run the rig; see `running/`."""

import signal
import sys

from tests.laws.running.command import main

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has background jobs ignore it
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it gets to know what was counted
    sys.exit(main(sys.argv[1:]))
