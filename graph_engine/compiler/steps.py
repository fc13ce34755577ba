"""Whether steps may be folded into the batch where a graph is called for every step of a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph_engine.analysis import Analysis, NodeInfo
from graph_engine.document import Document, nested_in
from graph_engine.layers.base import LAYERS

_AXES: Final = ("axis", "axes")
_OF_A_BATCH: Final = (
    "activity_regularizer",
    "noise_shape",
)  # charged by the batch; a shape of the whole batch


def samples_alone(document: Document, analysis: Analysis, graph: str, *, training: bool) -> bool:
    """Whether ``graph`` surely computes every sample by itself, so that steps may be samples among others.

    False where it might not: statistics of a batch in training, states, charges on outputs, tensor operations and
    axes that may be the batch, layers of plugins.
    """
    inside = nested_in(document, graph)
    training = training or any(
        node.training for key in inside for node in document.graphs[key].nodes.values()
    )
    infos = (info for key in inside for info in analysis.graphs[key].nodes.values())
    return all(_alone(info, training) for info in infos)


def _alone(info: NodeInfo, training: bool) -> bool:
    layer = info.layer
    if layer is None or layer.family in ("io", "model"):
        return True
    ours = type(layer).__module__.startswith(f"{LAYERS.package}.") and layer.keras.module == "layers"
    stateless = not any(weight.carried or (training and not weight.trainable) for weight in info.weights)
    return ours and stateless and layer.keeps_apart and _within_samples(layer.config())


def _within_samples(config: Any) -> bool:
    if isinstance(config, (list, tuple)):
        return all(map(_within_samples, config))
    if not isinstance(config, Mapping):
        return True
    return all(
        not value
        if name in _OF_A_BATCH
        else _no_batch_axis(value)
        if name.endswith(_AXES)
        else _within_samples(value)
        for name, value in config.items()
    )


def _no_batch_axis(value: Any) -> bool:
    """Axes counted from the front are never the batch but 0; from the back, only the last one surely is not."""
    axes = value if isinstance(value, (list, tuple)) else (value,)
    return all(axis is None or (isinstance(axis, int) and (axis > 0 or axis == -1)) for axis in axes)
