"""Live plots: a callback that gathers what is logged, and widgets that draw it at most once a frame."""

from app.plots.curves import Curves, Group
from app.plots.plots import Plots

__all__ = ["Curves", "Group", "Plots"]
