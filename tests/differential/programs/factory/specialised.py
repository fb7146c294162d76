"""A subclass can say what it is allowed to provide."""

from dependency_injector import errors, providers


class Shape:
    pass


class Circle(Shape):
    pass


class ShapeFactory(providers.Factory):
    provided_type = Shape


circle = ShapeFactory(Circle)
print(isinstance(circle(), Circle), isinstance(circle, providers.Factory))
try:
    ShapeFactory(dict)
except errors.Error:
    print("refused")
