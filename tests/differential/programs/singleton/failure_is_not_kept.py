"""When making the object fails, the next call tries again."""

from dependency_injector import providers

attempts = []


def connect():
    attempts.append(len(attempts))
    if len(attempts) < 3:
        raise ConnectionError(len(attempts))
    return "connected"


link = providers.Singleton(connect)
for _ in range(2):
    try:
        link()
    except ConnectionError as error:
        print("failed", error)
print(link(), link(), len(attempts))
