"""Resolvers, written as source and compiled once per shape."""
