"""Arguments of a call of the chain belong to the method, not to the object."""

from dependency_injector import providers


class Greeter:
    def __init__(self, name="nobody"):
        self.name = name

    def greet(self, word="hello"):
        return f"{word} {self.name}"


greeter = providers.Factory(Greeter, name="ann")
print(greeter.provided.greet.call()(word="bye"))
print(greeter.provided.greet.call("hi")())
