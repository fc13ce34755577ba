"""What every primitive promises, whatever it computes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

import numpy as np
import pytest

from graph_engine import kernels
from graph_engine.compiler.differentiate import gradients
from graph_engine.kernels.primitive import Primitive
from graph_engine.kernels.program import Array, Program
from graph_engine.values import DType, LayerloomError
from tests.engine.kernels.running import executor_of, forward, spec_of
from tests.engine.kernels.samples import Sample, samples, spread


def name_of(sample: Sample) -> str:
    return sample.primitive.name


SAMPLES = list(samples())
every = pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
differentiable = pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.inputs and sample.through != ()],
    ids=name_of,
)
FLOATS: tuple[DType, ...] = ("float32", "float64")


def primitives() -> dict[int, Primitive]:
    """Every primitive that a module of the package holds."""
    modules = (importlib.import_module(f"{kernels.__name__}.{found.name}") for found in walk())
    return {
        id(value): value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Primitive)
    }


def walk() -> Sequence[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(kernels.__path__))


def test_every_primitive_has_a_sample_and_a_name_of_its_own() -> None:
    found = primitives()
    sampled = {id(sample.primitive) for sample in SAMPLES}
    assert [primitive.name for key, primitive in found.items() if key not in sampled] == []
    names = [primitive.name for primitive in found.values()]
    assert sorted(names) == sorted(set(names))


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_forward_writes_all_of_what_is_inferred_and_nothing_else(sample: Sample, dtype: DType) -> None:
    inputs = [as_dtype(array, dtype) for array in sample.inputs]
    before = [array.copy() for array in inputs]
    outputs = forward(sample.primitive, inputs, sample.attrs)
    again = forward(sample.primitive, inputs, sample.attrs)
    for array, kept in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(array, kept)
    precise = forward(sample.primitive, sample.inputs, sample.attrs)
    for output, second, reference in zip(outputs, again, precise, strict=True):
        assert np.isfinite(output).all()
        np.testing.assert_array_equal(output, second)
        np.testing.assert_allclose(output, reference, rtol=2e-4, atol=2e-5)


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_specs_keep_the_inputs_dtype_unless_another_is_asked_for(sample: Sample, dtype: DType) -> None:
    inputs = [as_dtype(array, dtype) for array in sample.inputs]
    expected = sample.attrs.get("dtype") or next(
        (a.dtype.name for a in inputs if a.dtype.kind == "f"), "none"
    )
    found = {spec.dtype for spec in sample.primitive.infer(*map(spec_of, inputs), **sample.attrs)}
    assert found <= {expected, "bool", "int64"}


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.primitive.is_view], ids=name_of)
def test_a_view_is_its_first_input_under_another_shape(sample: Sample) -> None:
    (found,) = forward(sample.primitive, sample.inputs, sample.attrs)
    np.testing.assert_array_equal(sample.inputs[0].reshape(found.shape), found)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.primitive.in_place], ids=name_of)
def test_a_result_may_overwrite_a_first_input_of_its_shape_and_dtype(sample: Sample) -> None:
    (expected,) = forward(sample.primitive, sample.inputs, sample.attrs)
    memory = sample.inputs[0].astype(expected.dtype)
    if memory.shape == expected.shape and sample.inputs[0].dtype == expected.dtype:
        sample.primitive.forward([memory], [memory, *sample.inputs[1:]], **sample.attrs)
        np.testing.assert_array_equal(memory, expected)


@every
def test_flops_are_counted(sample: Sample) -> None:
    program = Program()
    feeds = tuple(program.feed(str(i), spec_of(array)) for i, array in enumerate(sample.inputs))
    program.emit(sample.primitive, feeds, sample.attrs)
    flops = sample.primitive.flops(program.ops[-1])
    assert type(flops) is int and flops >= 0


@differentiable
def test_gradients_agree_with_central_differences(sample: Sample) -> None:
    program = Program()
    feeds = tuple(program.feed(str(i), spec_of(array)) for i, array in enumerate(sample.inputs))
    outputs = program.emit(sample.primitive, feeds, sample.attrs)
    places = range(len(outputs)) if sample.through is None else sample.through
    used = [outputs[place] for place in places if outputs[place].dtype in FLOATS]
    weights = [spread(*value.shape, seed=9 + place) for place, value in enumerate(used)]
    program.results = {f"y{place}": value for place, value in enumerate(used)}
    run = executor_of(program)
    wrt = [place for place, array in enumerate(sample.inputs) if array.dtype.kind == "f"]
    constants = [program.constant(weight, "float64") for weight in weights]
    found = gradients(program, used, constants, [feeds[place] for place in wrt])
    program.results = {str(i): value for i, value in zip(wrt, found, strict=True) if value is not None}
    given = executor_of(program).run(named(sample.inputs))

    def objective(arrays: Sequence[Array]) -> float:
        results = run.run(named(arrays))
        return float(sum((results[f"y{i}"] * weight).sum() for i, weight in enumerate(weights)))

    for place in wrt:
        if place in sample.blind:
            assert str(place) not in given
            continue
        numeric = central_differences(objective, sample.inputs, place)
        np.testing.assert_allclose(given.get(str(place), 0.0), numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.through == ()], ids=name_of)
def test_what_has_no_second_derivative_says_so(sample: Sample) -> None:
    program = Program()
    feeds = tuple(program.feed(str(i), spec_of(array)) for i, array in enumerate(sample.inputs))
    outputs = program.emit(sample.primitive, feeds, sample.attrs)
    with pytest.raises(LayerloomError, match="second derivative"):
        gradients(program, outputs[:1], outputs[:1], feeds[:1])


def as_dtype(array: Array, dtype: DType) -> Array:
    return array.astype(dtype) if array.dtype.kind == "f" else array


def named(arrays: Sequence[Array]) -> dict[str, Array]:
    return {str(index): array for index, array in enumerate(arrays)}


def central_differences(objective, inputs, place, step: float = 1e-6) -> Array:  # type: ignore[no-untyped-def]  # any primitive
    numeric = np.zeros(inputs[place].shape)
    for index in np.ndindex(numeric.shape):
        sides = []
        for sign in (1.0, -1.0):
            moved = [array.copy() if i == place else array for i, array in enumerate(inputs)]
            moved[place][index] += sign * step
            sides.append(objective(moved))
        numeric[index] = (sides[0] - sides[1]) / (2.0 * step)
    return numeric
