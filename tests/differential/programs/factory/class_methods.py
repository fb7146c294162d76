"""Class methods, static methods and functions are as good as classes."""

from dependency_injector import providers


class Version:
    def __init__(self, major, minor):
        self.text = f"{major}.{minor}"

    @classmethod
    def parse(cls, text):
        return cls(*text.split("."))

    @staticmethod
    def zero():
        return Version(0, 0)


print(providers.Factory(Version.parse, "3.11")().text)
print(providers.Factory(Version.zero)().text)
print(providers.Factory(lambda: Version(1, 2))().text)
