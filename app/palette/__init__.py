"""The library: every layer there is, by family, to be dragged or placed by Enter."""

from app.palette.palette import Palette
from app.palette.taste import Taste

__all__ = ["Palette", "Taste"]
