"""The decorator warns where there is nothing to inject, and leaves the function alone."""

import warnings

from dependency_injector.wiring import inject


def plain(number=1):
    return number


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    result = inject(plain)
print(len(caught), issubclass(caught[0].category, RuntimeWarning), result is plain)
