"""Nothing of Keras' layers is forgotten: each is here or left out for a reason, and so is each of its arguments."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from graph_engine.layers.base import LAYERS, Layer
from graph_engine.layers.left_out import LEFT_OUT
from tests.peers.keras_bench import keras

pytestmark = pytest.mark.peers

OTHERWISE = {
    "InputLayer": "it is called Input",
    "Wrapper": "it is a base class",
    "Layer": "it is a base class",
}
REFUSED = {"renorm", "renorm_clipping", "renorm_momentum", "lora_rank", "lora_alpha", "score_mode"}
COMMON = {"self", "kwargs", "name", "trainable", "dtype", "seed", "weights"}  # of any layer, or no setting
_BY_CLASS = {
    each: name
    for name, each in vars(keras.layers).items()
    if isinstance(each, type) and issubclass(each, keras.layers.Layer)
    if name == each.__name__ or name == "GroupQueryAttention"  # which are aliases otherwise
}
THEIRS = {name: each for each, name in _BY_CLASS.items()}
OURS = {cls.keras.name or name: cls for name, cls in LAYERS.items() if cls.keras.module == "layers"}


def test_every_layer_is_here_or_left_out_for_a_reason() -> None:
    assert set(THEIRS) - set(OURS) - set(OTHERWISE) == set(LEFT_OUT)
    assert not set(OURS) & set(LEFT_OUT)
    assert all(reason and not reason.endswith(".") for reason in LEFT_OUT.values())


@pytest.mark.parametrize("name", sorted(set(THEIRS) & set(OURS)))
def test_every_argument_is_a_parameter_or_changes_no_number(name: str) -> None:
    ours: type[Layer] = OURS[name]
    known = {ours.keras.renamed.get(param, param) for param in ours.params()} | set(ours.keras.ignored)
    assert arguments(THEIRS[name]) - known <= REFUSED


def arguments(cls: Any) -> set[str]:
    return set(inspect.signature(cls.__init__).parameters) - COMMON
