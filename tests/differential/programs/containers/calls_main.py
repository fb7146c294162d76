"""The usual shape of a program: a configured container, a main function, injected by hand."""

from dependency_injector import containers, providers


class Movie:
    def __init__(self, title, year, director):
        self.title = title
        self.year = year
        self.director = director


class Finder:
    def __init__(self, make, rows):
        self.movies = [make(*row) for row in rows]


class Lister:
    def __init__(self, finder):
        self.finder = finder

    def by(self, director):
        return [each.title for each in self.finder.movies if each.director == director]


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    movie = providers.Factory(Movie)
    finder = providers.Selector(
        config.kind,
        short=providers.Singleton(Finder, movie.provider, config.rows),
        none=providers.Singleton(Finder, movie.provider, ()),
    )
    lister = providers.Factory(Lister, finder)


app = App(config={"kind": "short", "rows": [("Sun", 1999, "Lee"), ("Sea", 2001, "Roy"), ("Sky", 2004, "Lee")]})
print(app.lister().by("Lee"))
with app.config.kind.override("none"):
    print(app.lister().by("Lee"))
