"""A subclass of a singleton can restrict what it provides."""

from dependency_injector import errors, providers


class Service:
    pass


class Mailer(Service):
    pass


class ServiceSingleton(providers.Singleton):
    provided_type = Service


mailer = ServiceSingleton(Mailer)
print(mailer() is mailer())
try:
    ServiceSingleton(object)
except errors.Error:
    print("refused")
