"""The formats of what is dragged between parts of the window."""

from typing import Final

LAYER_MIME: Final = "application/x-layerloom-layer"  # UTF-8 text: the layer's type
