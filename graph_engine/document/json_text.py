"""JSON text that reads well in version control: what fits on a line stands on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

WIDTH: Final = 110
_scalar = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def dump(value: Any) -> str:
    """Deterministic text of JSON values. Raises ValueError for NaN and infinity."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        parts = [_labelled(f"{_scalar(key)}: ", _lines(item)) for key, item in value.items()]
        return _joined("{", parts, "}")
    if isinstance(value, (list, tuple)):
        return _joined("[", [_lines(item) for item in value], "]")
    return [_scalar(value)]


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [label + lines[0], *lines[1:]]


def _joined(opening: str, parts: list[list[str]], closing: str) -> list[str]:
    if all(len(lines) == 1 for lines in parts) and sum(len(lines[0]) + 2 for lines in parts) <= WIDTH:
        return [opening + ", ".join(lines[0] for lines in parts) + closing]
    return [opening, *_indented(parts), closing]


def _indented(parts: list[list[str]]) -> list[str]:
    last = len(parts) - 1
    return [
        " " + line + ("," if part < last and index == len(lines) - 1 else "")
        for part, lines in enumerate(parts)
        for index, line in enumerate(lines)
    ]
