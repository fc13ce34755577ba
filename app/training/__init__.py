"""The training panel, how far it is with its curves, and the settings of the next training."""

from app.training.panel import TrainingPanel
from app.training.settings import TrainingSettings

__all__ = ["TrainingPanel", "TrainingSettings"]
