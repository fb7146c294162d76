"""`check_dependencies` accepts a complete container and refuses others, naming what lacks."""

from dependency_injector import containers, errors, providers


class Mail(containers.DeclarativeContainer):
    host = providers.Dependency()
    port = providers.Dependency(default=25)
    user = providers.Dependency()


mail = Mail(host="localhost")
try:
    mail.check_dependencies()
except errors.Error as error:
    print("user" in str(error), "host" in str(error), "port" in str(error))
mail.user.override("ann")
print(mail.check_dependencies())
