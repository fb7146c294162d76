"""A callable provider refuses what cannot be called."""

from dependency_injector import providers

providers.Callable("text that is no path")
