"""Amounts that are said as arguments: what argparse is told of one that cannot be meant."""

import argparse
from collections.abc import Callable


def seconds(least: float = 0.0, *, or_more: bool = True) -> Callable[[str], float]:
    """
    Return what reads a number of seconds.

    Args:
        least: the bound.
        or_more: whether the bound itself may be said.
    """
    bound = f"from {least:g} on" if or_more else f"above {least:g}"

    def read(text: str) -> float:
        try:
            said = float(text)
        except ValueError:
            said = float("nan")  # which is in no bounds
        if not (least <= said if or_more else least < said) or said == float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds {bound}")
        return said

    return read


def whole_number(what: str, least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number from *least* to *most*, both included; *what* it is, for the error."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no {what}, a whole number from {least} to {most}")
        return int(text)

    return read
