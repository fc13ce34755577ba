"""The formats of what is dragged between parts of the window."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QByteArray, QMimeData

from graph_engine.document import Binding, Choice

LAYER_MIME: Final = "application/x-layerloom-layer"  # UTF-8 text: the layer's type
COLUMNS_MIME: Final = "application/x-layerloom-columns"  # JSON: a source, its columns, the steps they need


def write_columns(mime: QMimeData, binding: Binding) -> None:
    """Puts columns of a source into what is dragged; as text, their names."""
    steps = [[step.type, dict(step.config)] for step in binding.steps]
    told = {"source": binding.source, "columns": list(binding.columns), "steps": steps}
    mime.setData(COLUMNS_MIME, QByteArray(json.dumps(told).encode()))
    mime.setText(", ".join(binding.columns))


def columns_in(mime: QMimeData) -> Binding | None:
    """The columns that are dragged; None for anything else."""
    if not mime.hasFormat(COLUMNS_MIME):
        return None
    try:
        told: Mapping[str, Any] = json.loads(bytes(mime.data(COLUMNS_MIME).data()))
        steps = tuple(Choice(str(name), dict(config)) for name, config in told["steps"])
        return Binding(str(told["source"]), tuple(map(str, told["columns"])), steps)
    except (AttributeError, KeyError, TypeError, ValueError):  # dragged here by another program
        return None
