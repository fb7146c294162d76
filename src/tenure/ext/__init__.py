"""Containers in frameworks: one module per framework, which imports it only where it needs it."""
