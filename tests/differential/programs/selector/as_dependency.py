"""The call's arguments reach the selected provider only when the selector itself is called."""

from dependency_injector import providers


class Figure:
    def __init__(self, size=1):
        self.size = size


figure = providers.Selector(lambda: "round", round=providers.Factory(Figure))
drawing = providers.Factory(dict, figure=figure)
print(figure(size=4).size, drawing()["figure"].size)
print([type(each).__name__ for each in figure.related])
