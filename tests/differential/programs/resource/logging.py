"""Configuring the process's logging is a resource too."""

import logging
import sys

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    logging = providers.Resource(
        logging.basicConfig, level=config.level, stream=sys.stdout, format="%(name)s: %(message)s"
    )


app = App(config={"level": "INFO"})
app.init_resources()
logging.getLogger("shop").info("opened")
logging.getLogger("shop").debug("unseen")
app.shutdown_resources()
