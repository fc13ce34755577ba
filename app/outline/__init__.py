"""The outline: every layer of every model as a tree, however deep models lie in each other."""

from app.outline.outline import Outline

__all__ = ["Outline"]
