"""An override replaces what a provider provides, for dependents too, until it is reset."""

from dependency_injector import providers


class Mailer:
    name = "real"


class FakeMailer(Mailer):
    name = "fake"


mailer = providers.Factory(Mailer)
service = providers.Factory(dict, mailer=mailer)

print(mailer().name, service()["mailer"].name)
mailer.override(providers.Factory(FakeMailer))
print(mailer().name, service()["mailer"].name)
mailer.reset_override()
print(mailer().name, service()["mailer"].name)
