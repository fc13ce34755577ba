"""The Runs tab: every training of the project, side by side, and the way back to each."""

from app.runs.panel import RunsPanel

__all__ = ["RunsPanel"]
