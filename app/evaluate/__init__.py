"""The Evaluate tab: how good the model is, where it errs, and what it says of a sample given by hand."""

from app.evaluate.panel import EvaluatePanel

__all__ = ["EvaluatePanel"]
