"""A command line, whose commands a container serves."""

import click

from tenure import Container
from tenure.ext.click import setup


@click.group()
def app() -> None: ...


container = Container()
setup(app, container)
