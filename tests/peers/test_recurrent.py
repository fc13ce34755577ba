"""Recurrent layers against Keras: every option, from given states, masked, backwards and from batch to batch."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from graph_engine.layers.base import LAYERS
from graph_engine.model import Input, Model
from graph_engine.model.symbols import Symbol
from graph_engine.values import LayerloomError
from tests.peers.matching import Array, cotangent, keras, noise, run, torch

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

MASK = np.array([[False, True, False, True], [True, True, False, False], [False, False, False, False]])
GRUS = [
    {"reset_after": after, "use_bias": bias, "recurrent_activation": gate}
    for after, bias, gate in itertools.product((True, False), (True, False), ("sigmoid", "hard_sigmoid"))
]
KINDS: list[tuple[str, dict[str, Any], int]] = [
    ("SimpleRNN", {}, 1),
    ("SimpleRNN", {"activation": "relu", "use_bias": False}, 1),
    ("LSTM", {}, 2),
    ("LSTM", {"activation": "softsign", "recurrent_activation": "hard_sigmoid"}, 2),
    ("LSTM", {"use_bias": False}, 2),
    *(("GRU", config, 1) for config in GRUS),
]
LEAVING = [
    {},
    {"return_sequences": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"return_state": True, "zero_output_for_mask": True},
    {"return_sequences": True, "zero_output_for_mask": True},
]


@pytest.mark.parametrize("leaving", LEAVING, ids=str)
@pytest.mark.parametrize(("kind", "config", "count"), KINDS, ids=str)
@pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])
@pytest.mark.parametrize("given", [False, True], ids=["zeros", "states"])
def test_dense(
    kind: str, config: dict[str, Any], count: int, leaving: dict[str, Any], masked: bool, given: bool
) -> None:
    states = [noise(3, 5, seed=2 + index) for index in range(count if given else 0)]
    agree(kind, {"units": 5, **config, **leaving}, noise(3, 4, 2), states, MASK if masked else None)


CELLS: dict[str, dict[str, Any]] = {
    "SimpleRNNCell": {"units": 3, "activation": "relu"},
    "GRUCell": {"units": 4, "reset_after": False},
    "LSTMCell": {"units": 2, "recurrent_activation": "relu"},
}


@pytest.mark.parametrize("leaving", LEAVING, ids=str)
@pytest.mark.parametrize(
    "names", [("LSTMCell",), ("GRUCell",), ("SimpleRNNCell",), tuple(CELLS), ("LSTMCell",) * 2]
)
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_cells(names: tuple[str, ...], leaving: dict[str, Any], mask: Array | None) -> None:
    theirs = [getattr(keras.layers, name)(**CELLS[name]) for name in names]
    ours = [LAYERS[name](**CELLS[name]) for name in names]
    x = noise(3, 4, 2)
    compare(
        keras.layers.RNN(theirs if len(theirs) > 1 else theirs[0], **leaving),
        LAYERS["RNN"](ours if len(ours) > 1 else ours[0], **leaving),
        x,
        [],
        mask,
    )


PICTURES = [
    {},
    {"padding": "same", "strides": 2},
    {"dilation_rate": 2, "use_bias": False},
    {"padding": "same", "data_format": "channels_first", "recurrent_activation": "hard_sigmoid"},
]


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("config", PICTURES, ids=str)
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
@pytest.mark.parametrize("leaving", LEAVING[1:3], ids=str)
def test_pictures(rank: int, config: dict[str, Any], mask: Array | None, leaving: dict[str, Any]) -> None:
    first = config.get("data_format") == "channels_first"
    space = (5, 4, 3)[:rank]
    x = noise(3, 4, 2, *space) if first else noise(3, 4, *space, 2)
    states = []
    if config.get("padding") == "same" and "strides" not in config:
        states = [noise(3, *((3, *space) if first else (*space, 3)), seed=index) for index in (1, 2)]
    agree(f"ConvLSTM{rank}D", {"filters": 3, "kernel_size": 2, **config, **leaving}, x, states, mask)


def test_a_cell_is_a_layer_of_its_own() -> None:
    for name, count in (("SimpleRNNCell", 1), ("GRUCell", 1), ("LSTMCell", 2)):
        theirs, ours = getattr(keras.layers, name)(4), LAYERS[name](4)
        x, states = noise(3, 2), [noise(3, 4, seed=index) for index in range(count)]
        tensors = [torch.tensor(array) for array in (x, *states)]
        theirs(tensors[0], tensors[1:])
        weights = scrambled(theirs)
        wanted = keras.tree.flatten(theirs(tensors[0], tensors[1:]))
        symbols = [Input(array.shape[1:]) for array in (x, *states)]
        values, _, _ = run(Model(symbols, list(ours(*symbols))), [x, *states], weights)
        for value, each in zip(values, wanted, strict=True):
            np.testing.assert_allclose(value, each.detach().numpy(), rtol=2e-5, atol=3e-6)


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_states_go_on_from_batch_to_batch_until_they_are_reset(kind: str) -> None:
    config = {"units": 4, "stateful": True, "return_sequences": True}
    x = keras.Input(batch_shape=(3, 4, 2))
    theirs = keras.Model(x, getattr(keras.layers, kind)(**config)(x))
    weights = scrambled(theirs)
    symbol = Input((4, 2), batch_size=3)
    ours = Model(symbol, LAYERS[kind](**config)(symbol))
    for mine, wanted in zip(ours.parameters.values(), weights, strict=False):
        mine[...] = wanted
    for batch in range(4):
        array = noise(3, 4, 2, seed=batch)
        if batch == 2:
            theirs.layers[1].reset_state()
            ours.reset_states()
        wanted = theirs(torch.tensor(array)).detach().numpy()
        np.testing.assert_allclose(ours(array), wanted, rtol=2e-5, atol=3e-6)


def test_a_stateful_layer_asks_for_the_size_of_batches() -> None:
    with pytest.raises(LayerloomError, match="set batch_size on the Input"):
        LAYERS["GRU"](2, stateful=True)(Input((4, 2)))


@given(
    steps=st.integers(1, 6),
    batch=st.integers(1, 3),
    kind=st.sampled_from(["SimpleRNN", "GRU", "LSTM", "Bidirectional"]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_any_mask(
    steps: int, batch: int, kind: str, flags: tuple[bool, bool, bool], data: st.DataObject
) -> None:
    rows = st.lists(st.booleans(), min_size=steps, max_size=steps)
    mask = np.array(data.draw(st.lists(rows, min_size=batch, max_size=batch)))
    sequences, zero, backwards = flags
    x = noise(batch, steps, 2, seed=steps)
    if kind == "Bidirectional":
        theirs = keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=sequences))
        ours = LAYERS[kind](LAYERS["GRU"](2, return_sequences=sequences))
        return compare(theirs, ours, x, [], mask)
    leaving = {"return_sequences": sequences, "zero_output_for_mask": zero, "go_backwards": backwards}
    return agree(kind, {"units": 2, "return_state": True, **leaving}, x, [], mask)


def agree(
    kind: str, config: Mapping[str, Any], x: Array, states: Sequence[Array], mask: Array | None
) -> None:
    compare(getattr(keras.layers, kind)(**config), LAYERS[kind](**config), x, states, mask)


def compare(theirs: Any, ours: Any, x: Array, states: Sequence[Array], mask: Array | None) -> None:
    """The same outputs, and gradients of input, states and weights."""
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *states)]
    named = {"initial_state": tensors[1:]} if states else {}
    if mask is not None:
        named["mask"] = torch.tensor(mask)
    theirs(tensors[0], **named)
    weights = scrambled(theirs)
    wanted = keras.tree.flatten(theirs(tensors[0], **named))

    symbols = [Input(array.shape[1:], dtype=array.dtype.name) for array in (x, *states)]  # type: ignore[arg-type]  # one of ours
    entering: dict[str, Any] = {"initial_state": symbols[1:]} if states else {}
    arrays = [x, *states]
    if mask is not None:
        symbols.append(Input(mask.shape[1:], dtype="bool"))
        arrays.append(mask)
        entering["mask"] = symbols[-1]
    found = ours(symbols[0], **entering)
    model = Model(symbols, [found] if isinstance(found, Symbol) else list(found))
    values, slopes, weight_slopes = run(model, arrays, weights)
    for value, each in zip(values, wanted, strict=True):
        np.testing.assert_allclose(value, each.detach().numpy(), rtol=2e-5, atol=3e-6)
    torch.autograd.backward(wanted, [torch.tensor(cotangent(each.shape)) for each in wanted])
    theirs_slopes = [*(tensor.grad for tensor in tensors), *(weight.value.grad for weight in theirs.weights)]
    for slope, each in zip([*slopes, *weight_slopes], theirs_slopes, strict=True):
        expected = 0.0 if each is None else each.numpy()
        np.testing.assert_allclose(0.0 if slope is None else slope, expected, rtol=1e-4, atol=2e-5)


def scrambled(layer: Any) -> list[Array]:
    for place, weight in enumerate(layer.weights):
        weight.assign(noise(*weight.shape, seed=7 + place) * 0.5)
    return [weight.numpy() for weight in layer.weights]
