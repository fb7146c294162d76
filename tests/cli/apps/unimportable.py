"""A module that cannot be imported."""


def connect():
    """Fail as a careless module does."""
    msg = "no configuration"
    raise RuntimeError(msg)


connection = connect()
