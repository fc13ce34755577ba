"""Open a ``.keras`` file as a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graph_engine.analysis import analyze
from graph_engine.document import Document, decode, encode
from graph_engine.document.plain import DecodeError
from graph_engine.interchange.keras.activations import parted
from graph_engine.interchange.keras.archive import read_archive
from graph_engine.interchange.keras.compiled import compiled
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.graphs import Placed, draw
from graph_engine.interchange.keras.optimizer import load_optimizer
from graph_engine.interchange.keras.places import places
from graph_engine.interchange.keras.saved import SEQUENTIAL, parse_model
from graph_engine.interchange.keras.settings import dtype_of
from graph_engine.interchange.keras.store import opened
from graph_engine.interchange.keras.weights import load_weights
from graph_engine.kernels.program import Array
from graph_engine.layout import laid_out
from graph_engine.project import Origin, Project
from graph_engine.training.trainer import optimizer_of


@dataclass(frozen=True, slots=True)
class Imported:
    """``remarks``: what is not as it was in the file, each a sentence. Problems of the drawing are analysis'."""

    project: Project
    remarks: tuple[str, ...]


def read(path: Path) -> Imported:
    """Raises KerasError with one sentence for whatever is no Keras model."""
    try:
        config, weights = read_archive(path)
        return _imported(config, weights)
    except KerasError as error:
        raise KerasError(f"{path.name}: {error}") from None
    except RecursionError:
        raise KerasError(f"{path.name}: nested too deeply to be read") from None


def _imported(config: Any, content: bytes | None) -> Imported:
    saved = parted(parse_model(config))
    drawn = draw(saved)
    settings = compiled(config.get("compile_config"), drawn.document)
    training = replace(settings.training, from_weights=content is not None)  # as Keras' fit would
    document = laid_out(_checked(replace(drawn.document, training=training)))
    remarks = [*_dtype_remarks(drawn.placed), *settings.remarks]
    project = Project(document, origin=Origin(inputs=drawn.inputs, outputs=drawn.outputs))
    if content is None:
        return Imported(project, (*remarks, "the file holds no weights: they start anew"))
    standing = places(document, analyze(document), drawn.placed, sequential=saved.kind == SEQUENTIAL)
    with opened(content) as store:
        loaded = load_weights(standing, store, saved.name if saved.kind == SEQUENTIAL else "")
        if loaded.missing:
            names = ", ".join(dict.fromkeys(place.layer for place in loaded.missing))
            remarks.append(f"the file holds no weights for {names}: they start anew")
        optimizer: Mapping[str, Array] = {}
        if settings.group:
            try:
                optimizer = load_optimizer(optimizer_of(document), standing, store, settings.group)
            except KerasError as error:
                remarks.append(f"the optimizer starts anew: {error}")
    origin = Origin(loaded.names, drawn.inputs, drawn.outputs)
    project = replace(project, weights=loaded.weights, optimizer=optimizer, origin=origin)
    return Imported(project, tuple(remarks))


def _checked(document: Document) -> Document:
    """What was read is held to what every document is held to."""
    try:
        return decode(encode(document))
    except DecodeError as error:
        raise KerasError(f"it makes no model: {error}") from None


def _dtype_remarks(placed: Sequence[Placed]) -> Iterator[str]:
    policies = sorted({dtype_of(each.saved.config) for each in _all(placed) if not each.saved.is_input})
    other = [policy for policy in policies if policy not in ("float32", "int32", "int64", "bool")]
    if other:
        yield f"layers that calculate in {', '.join(other)} in Keras calculate in float32 here"


def _all(placed: Sequence[Placed]) -> Iterator[Placed]:
    for each in placed:
        yield each
        yield from _all(each.inner or ())
