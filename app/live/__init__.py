"""What a training says about the drawing, shown on the drawing: where it broke, and how layers are doing."""

from app.live.failures import Failures
from app.live.overlays import KINDS, Overlays
from app.live.section import LiveSection
from app.live.told import Told

__all__ = ["KINDS", "Failures", "LiveSection", "Overlays", "Told"]
