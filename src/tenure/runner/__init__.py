"""Programs that run inside a container: started, stopped by signals, closed in order, left with the right status."""

from tenure.runner.loops import MissingBackendError, NestedRunError
from tenure.runner.running import run, run_and_exit

__all__ = ["MissingBackendError", "NestedRunError", "run", "run_and_exit"]
