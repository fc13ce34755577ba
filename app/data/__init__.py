"""The data panel: the project's sources, what they hold, and what feeds the model's inputs and outputs."""

from app.data.panel import DataPanel

__all__ = ["DataPanel"]
