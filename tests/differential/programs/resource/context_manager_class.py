"""A class with the two context manager methods is a resource; its value is what `__enter__` gives."""

from dependency_injector import containers, providers


class Lease:
    def __init__(self, owner):
        self.owner = owner

    def __enter__(self):
        print("enter", self.owner)
        return {"lease": self.owner}

    def __exit__(self, kind, error, trace):
        print("exit", self.owner, kind, error, trace)


class App(containers.DeclarativeContainer):
    lease = providers.Resource(Lease, owner="ann")


app = App()
app.init_resources()
print(app.lease())
app.shutdown_resources()
