"""The training panel: how far it is, its curves, and how the model is trained."""

from app.training.panel import TrainingPanel

__all__ = ["TrainingPanel"]
