"""Scopes and the engine that fills and empties them."""
