"""Run a module with the container of the jobs open before: `early.py module arguments…`."""

import runpy
import sys

from jobs import container

container.start_sync()
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
