"""The list of everything that keeps the model from being built, or that a person should know."""

from app.problems.problems import Problems

__all__ = ["Problems"]
