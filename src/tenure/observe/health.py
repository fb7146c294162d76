"""The health checker under the name that it had before `tenure.health`."""

from tenure.health.checker import ResourceHealthChecker

__all__ = ["ResourceHealthChecker"]
