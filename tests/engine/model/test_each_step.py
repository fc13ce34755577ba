"""A model at every step of a sequence: what it computes, what it shares, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graph_engine.analysis import analyze
from graph_engine.compiler import lower
from graph_engine.document import MAIN, Configure, Document, Refusal, Store, Ungroup, each_step
from graph_engine.layers import BatchNormalization, Dense, TimeDistributed
from graph_engine.model import Input, Model
from graph_engine.values import LayerloomError, TensorSpec

RNG = np.random.default_rng(3)


def inner() -> Model:
    x = Input((4,), name="x")
    return Model(x, Dense(2, activation="tanh")(x), name="inner")


def outer(model: Model) -> Model:
    x = Input((3, 4), name="steps")
    return Model(x, TimeDistributed(model, name="each")(x))


def model_node(document: Document) -> str:
    return next(node.id for node in document.main.nodes.values() if each_step(document.layers[node.layer]))


def test_every_step_is_the_model_alone_with_the_same_weights() -> None:
    model = inner()
    films = Input((5, 3, 4))
    both = Model(films, TimeDistributed(TimeDistributed(model))(films))
    x = RNG.normal(size=(2, 5, 3, 4)).astype(np.float32)
    np.testing.assert_allclose(both(x), model(x.reshape(-1, 4)).reshape(2, 5, 3, 2), rtol=1e-5)
    steps = outer(model)
    steps.weights[steps.weight_order[0]][...] = 0.5
    np.testing.assert_array_equal(model.get_weights()[0], np.full((4, 2), 0.5, np.float32))
    np.testing.assert_allclose(steps(x[0]), model(x[0].reshape(-1, 4)).reshape(5, 3, 2), rtol=1e-5)


def test_a_drawn_model_may_be_called_and_cut_again() -> None:
    steps = outer(inner())
    again = Model.from_document(steps.document, dict(steps.weights))
    x = RNG.normal(size=(2, 3, 4)).astype(np.float32)
    np.testing.assert_array_equal(again(x), steps(x))
    cut = Model(again.inputs[0], again.output_of("each/inner"))
    np.testing.assert_array_equal(cut(x), steps(x))


def test_steps_are_samples_unless_samples_depend_on_each_other() -> None:
    x = Input((4,))
    normalized = Model(x, BatchNormalization()(Dense(2)(x)))
    products = {}
    for training in (False, True):
        program = lower(
            outer(normalized).document, {"steps": TensorSpec((2, 3, 4), "float32")}, training=training
        ).program
        products[training] = sum("matmul" in type(op.primitive).__name__.lower() for op in program.ops)
    assert products == {False: 1, True: 3}


def test_what_cannot_be_done_at_every_step_is_refused_by_name() -> None:
    model = inner()
    with pytest.raises(LayerloomError, match="time_distributed needs steps and at least one axis in each"):
        TimeDistributed(model)(Input((4,)))
    with pytest.raises(LayerloomError, match="time_distributed: every step is to be 4, got 5"):
        TimeDistributed(model)(Input((3, 5)))
    a, b = Input((4,)), Input((4,))
    with pytest.raises(LayerloomError, match="two has 2 inputs and 1 outputs"):
        TimeDistributed(Model([a, b], a + b, name="two"))(Input((3, 4)))


def test_a_drawing_says_what_does_not_fit() -> None:
    a, b = Input((4,)), Input((4,))
    one, two = Model(a, inner()(a)).document, Model([a, b], Model([a, b], a + b, name="two")([a, b])).document
    for document, message in (
        (one, "inner is called for every step and needs steps and at least one axis in each, got 4"),
        (two, "two is called for every step, which takes a model with one input, but its model has 2"),
    ):
        (model,) = (key for key, layer in document.layers.items() if layer.type == "Model")
        config = {**document.layers[model].config, "each_step": True}
        record = replace(document.layers[model], config=config)
        changed = replace(document, layers={**document.layers, model: record})
        assert any(message in problem.message for problem in analyze(changed).errors)


def test_it_is_laid_open_only_when_the_steps_are_switched_off() -> None:
    store = Store(outer(inner()).document)
    node = model_node(store.document)
    refusal = store.dispatch(Ungroup(MAIN, node))
    assert isinstance(refusal, Refusal)
    assert "called for every step" in refusal.reason
    store.dispatch(Configure((store.document.main.nodes[node].layer,), "each_step", False))
    assert not isinstance(store.dispatch(Ungroup(MAIN, node)), Refusal)
