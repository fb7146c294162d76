"""`provider` injects the provider instead of what it provides."""

from dependency_injector import providers


class Photo:
    def __init__(self, name):
        self.name = name


class Album:
    def __init__(self, photo_factory):
        self.photos = [photo_factory(name) for name in ("sun", "sea")]


photo = providers.Factory(Photo)
album = providers.Factory(Album, photo_factory=photo.provider)

print([each.name for each in album().photos])
print(photo.provider() is photo, isinstance(photo.provider, providers.Delegate))
print(photo.delegate()() is photo)
