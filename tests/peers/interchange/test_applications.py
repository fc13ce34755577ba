"""Networks of `keras.applications` with random weights: the same logits and gradients, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from graph_engine.kernels.program import Array
from graph_engine.model import Model
from tests.peers.interchange.twin import MARKS, fresh_names, keras, outputs, saved, torch

pytestmark = [*MARKS, pytest.mark.slow, pytest.mark.timeout(900)]
CLASSES = 10


class Network(NamedTuple):
    """``size``: the smallest picture, or little more, that the network takes; costs grow with its square."""

    name: str
    size: int


NETWORKS = [
    Network("MobileNetV2", 64),
    Network("ResNet50", 64),
    Network("DenseNet121", 64),
    Network("EfficientNetB0", 64),
    Network("InceptionV3", 96),
    Network("Xception", 96),
]


@pytest.mark.parametrize("network", NETWORKS, ids=[network.name for network in NETWORKS])
def test_a_network_reads_and_writes_alike(network: Network, tmp_path: Path) -> None:
    with fresh_names():
        theirs = _built(network)
    picture = np.random.default_rng(1).uniform(0, 255, (2, network.size, network.size, 3)).astype(np.float32)
    logits, gradient = outputs(theirs, [picture])[0], _input_gradient(theirs, picture)
    ours = Model.load(saved(theirs, tmp_path))
    assert _off(ours(picture), logits) < 1e-4
    assert _off(_our_gradient(ours, picture), gradient) < 1e-3
    ours.save(tmp_path / "back.keras")
    back = keras.models.load_model(tmp_path / "back.keras")
    assert _off(outputs(back, [picture])[0], logits) < 1e-4
    assert _off(_input_gradient(back, picture), gradient) < 1e-3


def _built(network: Network) -> Any:
    shape = (network.size, network.size, 3)
    build = getattr(keras.applications, network.name)
    return build(weights=None, input_shape=shape, classes=CLASSES, classifier_activation=None)


def _cotangent() -> Array:
    return np.random.default_rng(2).normal(size=(2, CLASSES)).astype(np.float32)


def _input_gradient(model: Any, picture: Array) -> Array:
    given = torch.tensor(picture, requires_grad=True)
    model(given, training=False).backward(torch.tensor(_cotangent()))
    return np.asarray(given.grad)


def _our_gradient(model: Model, picture: Array) -> Array:
    (name,) = model.input_names
    return model.gradients(picture, _cotangent(), training=False).inputs[name]


def _off(found: Any, wanted: Array) -> float:
    """How far off, against the length of what was wanted: single numbers near a kink of relu may differ."""
    return float(np.linalg.norm(np.asarray(found) - wanted) / np.linalg.norm(wanted))
