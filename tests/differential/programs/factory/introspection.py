"""A factory tells what it provides and with what."""

from dependency_injector import providers


class Mail:
    pass


sender = providers.Object("me@example.org")
mail = providers.Factory(Mail, sender, copies=2).add_attributes(flagged=True)

print(mail.cls is Mail, mail.provides is Mail)
print(mail.args == (sender,), mail.kwargs, mail.attributes)
print(mail.provided_type)
print(providers.is_provider(mail), providers.is_provider(Mail), providers.is_provider(providers.Factory))
