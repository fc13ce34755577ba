"""What is said of a training before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.bridge.planning import Planned
from graph_engine.document import Document
from graph_engine.values import bytes_text


def memory_line(planned: Planned | None) -> str:
    """What a training will take, and whether that is there; nothing where it is not known."""
    if planned is None:
        return ""
    wanted, free = bytes_text(planned.wanted), bytes_text(planned.free)
    if planned.fits:
        return f"Training takes {wanted} of memory; {free} are free"
    way_out = f"recompute activations, which takes {bytes_text(planned.recomputed)}, or "
    return (
        f"Training takes {wanted} of memory, but {free} are free: "
        f"{way_out if planned.would_fit else ''}make batches smaller."
    )


def data_line(document: Document, facts: Mapping[str, Any]) -> str:
    """Where the data comes from and how much of it is held back; counted once a training has read it."""
    sources = [source.path.removeprefix("sample:") for source in document.data.sources.values()]
    if not sources:
        return "No data is bound to the inputs yet."
    share = f"{document.data.split.validation:.0%}".replace("%", " %")
    if not facts.get("samples"):
        return f"{', '.join(sources)}, {share} held back to check on"
    rows = f"{facts['samples']:,} rows to learn from, {facts['validation_samples']:,} to check on"
    return f"{', '.join(sources)}: {rows}"
