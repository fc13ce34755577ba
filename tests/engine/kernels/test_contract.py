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

SAMPLES = list(samples())
every = pytest.mark.parametrize(
    "sample", SAMPLES, ids=[f"{index}-{sample.primitive.name}" for index, sample in enumerate(SAMPLES)]
)
differentiable = pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.inputs and sample.through != ()],
    ids=lambda sample: sample.primitive.name,
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
def test_specs_keep_the_inputs_dtype_unless_another_is_asked_for(sample: Sample) -> None:
    kinds = [
        {spec.dtype for spec in infer(sample, dtype) if spec.dtype in FLOATS and "dtype" not in sample.attrs}
        for dtype in FLOATS
    ]
    floats_in = any(array.dtype.kind == "f" for array in sample.inputs)
    assert kinds[0] <= {"float32"} and kinds[1] <= {"float64"} if floats_in else kinds == [set(), set()]


@every
def test_overwriting_the_first_input_and_viewing_it_change_no_result(sample: Sample) -> None:
    (first, *_) = expected = forward(sample.primitive, sample.inputs, sample.attrs)
    if sample.primitive.is_view:
        np.testing.assert_array_equal(sample.inputs[0].reshape(first.shape), first)
    if sample.primitive.in_place and sample.inputs[0].shape == first.shape:
        if sample.inputs[0].dtype != first.dtype:
            return
        memory = sample.inputs[0].copy()
        sample.primitive.forward([memory], [memory, *sample.inputs[1:]], **sample.attrs)
        np.testing.assert_array_equal(memory, expected[0])


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


@pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if sample.through == ()], ids=lambda sample: sample.primitive.name
)
def test_what_has_no_second_derivative_says_so(sample: Sample) -> None:
    program = Program()
    feeds = tuple(program.feed(str(i), spec_of(array)) for i, array in enumerate(sample.inputs))
    outputs = program.emit(sample.primitive, feeds, sample.attrs)
    with pytest.raises(LayerloomError, match="second derivative"):
        gradients(program, outputs[:1], outputs[:1], feeds[:1])


def as_dtype(array: Array, dtype: DType) -> Array:
    return array.astype(dtype) if array.dtype.kind == "f" else array


def infer(sample: Sample, dtype: DType) -> Sequence[object]:
    return sample.primitive.infer(
        *(spec_of(as_dtype(array, dtype)) for array in sample.inputs), **sample.attrs
    )


def named(arrays: Sequence[Array]) -> dict[str, Array]:
    return {str(index): array for index, array in enumerate(arrays)}


def central_differences(objective, inputs, place, step: float = 1e-6) -> Array:  # type: ignore[no-untyped-def]
    numeric = np.zeros(inputs[place].shape)
    for index in np.ndindex(numeric.shape):
        sides = []
        for sign in (1.0, -1.0):
            moved = [array.copy() if i == place else array for i, array in enumerate(inputs)]
            moved[place][index] += sign * step
            sides.append(objective(moved))
        numeric[index] = (sides[0] - sides[1]) / (2.0 * step)
    return numeric
