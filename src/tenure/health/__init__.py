"""
Whether a container lives, is ready and has started; whether what is open in it still answers (docs/health.md).

`Container.health()` gives the report; `report` gives it of a container of either face. `asgi_app` and `wsgi_app` offer
it to whoever decides where requests go.
"""

from tenure.health.asgi import asgi_app
from tenure.health.checker import ResourceHealthChecker
from tenure.health.records import HealthReport, Probe, ResourceHealth
from tenure.health.reporting import report, report_sync
from tenure.health.wsgi import wsgi_app
from tenure.model.health import Health

__all__ = [
    "Health",
    "HealthReport",
    "Probe",
    "ResourceHealth",
    "ResourceHealthChecker",
    "asgi_app",
    "report",
    "report_sync",
    "wsgi_app",
]
