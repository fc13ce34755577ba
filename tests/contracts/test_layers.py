"""What every layer keeps: read from its class, so that a new layer is tested by being there."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graph_engine.layers.base import LAYERS, Example, Layer
from graph_engine.layers.operations.base import Operation
from graph_engine.values import ITEMSIZE, ShapeError, TensorSpec
from tests.contracts.bench import (
    FLOATS,
    Array,
    Bench,
    arrays_of,
    examples,
    inferred,
    label,
    layer_of,
    specs_of,
)

Case = tuple[str, Example]
layers = pytest.mark.parametrize("cls", LAYERS.values(), ids=LAYERS)
cases = pytest.mark.parametrize("case", examples(), ids=label)
STEP = 1e-6
LONGEST_LINE = 40


@layers
def test_a_layer_says_what_it_is_and_what_its_parameters_are(cls: type[Layer]) -> None:
    assert cls.title == cls.__name__
    assert cls.summary().endswith(".")
    assert cls.__doc__ != Layer.__doc__
    for name, param in cls.params().items():
        assert param.help.endswith("."), name
        assert param.describe(), name


@cases
def test_what_learns_says_how_it_computes(case: Case) -> None:
    """But for what leaves that to the layers within, as everybody may read there."""
    kind, example = case
    layer = layer_of(kind, example)
    within = kind in ("RNN", "TimeDistributed", "Model") or not layer.in_library
    assert layer.formula or within or not layer.weights(*specs_of(example))


@layers
def test_examples_exercise_every_parameter(cls: type[Layer]) -> None:
    plain = cls().config()
    tried = {
        name for each in cls.examples for name, value in _config(cls, each).items() if value != plain[name]
    }
    assert tried == set(cls.params()) or not cls.in_library


def _may_move_the_batch(kind: str) -> bool:
    return issubclass(LAYERS[kind], Operation)


def _config(cls: type[Layer], example: Example) -> dict[str, object]:
    return cls.from_config(example.config).config()  # type: ignore[no-any-return]  # a config


@layers
def test_a_layer_survives_being_saved(cls: type[Layer]) -> None:
    for layer in (cls(), *(cls.from_config(each.config) for each in cls.examples)):
        saved = json.loads(json.dumps(layer.encode()))
        assert LAYERS.decode(saved).encode() == saved
        assert len(layer.line()) <= LONGEST_LINE


@cases
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
def test_what_leaves_has_the_inferred_shape_and_dtype(case: Case, training: bool) -> None:
    kind, example = case
    bench = Bench(kind, example, dtype="float32", training=training)
    layer = layer_of(kind, example)
    concrete = inferred(layer, example, specs_of(example))
    for spec, declared, array in zip(concrete, bench.output_specs(), bench.results(), strict=True):
        assert spec == TensorSpec(array.shape, array.dtype.name)  # type: ignore[arg-type]  # one of ours
        assert declared is not None and declared.dtype == spec.dtype
        batch = spec.shape[0] if example.fixed_batch else None
        assert (
            declared.accepts(spec)
            if _may_move_the_batch(kind)
            else declared.shape == (batch, *spec.shape[1:])
        )
        assert array.dtype.itemsize == ITEMSIZE[spec.dtype]


@cases
def test_open_sizes_are_refused_or_answered_without_a_wrong_size(case: Case) -> None:
    kind, example = case
    layer = layer_of(kind, example)
    sure = inferred(layer, example, specs_of(example))
    for axis in range(len(example.inputs[0])):
        first, *others = specs_of(example)
        opened = first.with_shape((*first.shape[:axis], None, *first.shape[axis + 1 :]))
        try:
            answer = inferred(layer, example, [opened, *others])
        except ShapeError:
            continue
        for open_spec, spec in zip(answer, sure, strict=True):
            assert open_spec.accepts(spec)


@cases
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
def test_gradients_are_those_of_the_numbers(case: Case, training: bool) -> None:
    """Along a random direction, for every input and every weight, the slope is what differentiation says."""
    kind, example = case
    bench = Bench(kind, example, training=training)
    if "loss" not in bench.run():
        return  # whole numbers in, whole numbers out
    arrays = arrays_of(example)
    at_rest = bench.run(arrays)
    weight_gradients = {name: array.copy() for name, array in bench.weight_gradients.items()}
    for index, array in enumerate(arrays):
        if example.dtype_of(index) not in FLOATS:
            continue
        gradient = at_rest.get(f"dx{index}", np.zeros_like(array))
        assert gradient.shape == array.shape
        _check(lambda: _loss(bench, arrays), array, gradient)
    for name, gradient in weight_gradients.items():
        _check(lambda: _loss(bench, arrays), bench.weights[name], gradient)


def _loss(bench: Bench, arrays: list[Array]) -> float:
    return float(bench.run(arrays)["loss"])


def _check(loss: object, array: Array, gradient: Array) -> None:
    assert callable(loss)
    direction = np.random.default_rng(1).normal(size=array.shape)
    array += STEP * direction
    above = loss()
    array -= 2 * STEP * direction
    below = loss()
    array += STEP * direction
    slope = (above - below) / (2 * STEP)
    assert slope == pytest.approx(float((gradient * direction).sum()), rel=1e-4, abs=1e-6)


@cases
def test_a_layer_called_twice_shares_its_weights(case: Case) -> None:
    kind, example = case
    if kind == "Output":
        return  # an Output is called once
    once, twice = Bench(kind, example), Bench(kind, example, calls=2)
    assert {name: array.shape for name, array in twice.weights.items()} == {
        name: array.shape for name, array in once.weights.items()
    }
    expected = once.results()
    for name, array in once.weights.items():
        twice.weights[name][...] = array
    again = [] if example.fixed_batch else expected  # the second call goes on where the first one ended
    results = twice.results()
    for found, wanted in zip(results[: len(expected + again)], expected + again, strict=True):
        np.testing.assert_array_equal(found, wanted)
    for name, gradient in once.weight_gradients.items():
        assert gradient.shape == twice.weight_gradients[name].shape
