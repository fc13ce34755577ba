"""What is selected, or the whole model: shapes, typed parameters, weights, objectives and problems."""

from app.inspector.inspector import Inspector

__all__ = ["Inspector"]
