"""Inputs of a sample as pictures and words, from what the evaluator tells of them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtGui import QImage

FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def image_of(shown: Mapping[str, Any]) -> QImage:
    """The pixels of an ``image`` input."""
    width, height, channels = shown["width"], shown["height"], shown["channels"]
    data = base64.b64decode(shown["pixels"])
    return QImage(
        data, width, height, width * channels, FORMATS[channels]
    ).copy()  # it does not own the bytes


def images_of(inputs: Sequence[Mapping[str, Any]]) -> list[QImage]:
    return [image_of(shown) for shown in inputs if shown["kind"] == "image"]


def words_of(inputs: Sequence[Mapping[str, Any]]) -> str:
    """All inputs that are no pictures, in one line each."""
    lines = []
    for shown in inputs:
        if shown["kind"] == "text":
            lines.append(str(shown["text"]))
        elif shown["kind"] == "values":
            lines.append("  ".join(f"{name} {_value(value)}" for name, value in shown["values"]))
    return "\n".join(lines)


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
