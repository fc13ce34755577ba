"""Masks that are lost on their way are told, at the layer that loses them."""

from __future__ import annotations

from graph_engine.analysis import analyze
from graph_engine.document import Document
from graph_engine.layers.base import LAYERS
from graph_engine.model import Input, Model, Symbol


def embedded() -> tuple[Symbol, Symbol]:
    x = Input((5,), dtype="int32")
    return x, LAYERS["Embedding"](9, 4, mask_zero=True)(x)


def dropped(document: Document) -> list[tuple[str, str]]:
    found = [problem for problem in analyze(document).problems if problem.code == "mask-dropped"]
    assert all(problem.severity == "warning" for problem in found)
    return [
        (document.graphs[each.graph].name, document.layer_of(each.graph, each.node).name) for each in found
    ]


def test_a_layer_without_use_for_a_mask_is_named_and_those_behind_it_are_not() -> None:
    x, y = embedded()
    convolved = LAYERS["Conv1D"](4, name="conv")(LAYERS["Dropout"](0.1)(y))
    assert dropped(Model(x, LAYERS["LSTM"](2)(convolved)).document) == [("model", "conv")]
    assert dropped(Model(x, LAYERS["LSTM"](2)(y)).document) == []


def test_masks_are_followed_into_a_model_that_is_called() -> None:
    steps = Input((5, 4))
    inner = Model(steps, LAYERS["Flatten"](name="flat")(LAYERS["Dense"](3)(steps)), name="inner")
    x, y = embedded()
    assert dropped(Model(x, inner(y)).document) == [("inner", "flat")]
    assert dropped(inner.document) == []


def test_a_recurrent_layer_that_is_given_states_counts_padded_steps() -> None:
    x, y = embedded()
    z, w = embedded()
    state = LAYERS["GRU"](4)(y)
    decoded = LAYERS["GRU"](4, return_sequences=True, name="decoder")(w, initial_state=state)
    assert dropped(Model([x, z], decoded).document) == [("model", "decoder")]
