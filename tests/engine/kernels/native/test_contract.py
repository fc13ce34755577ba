"""Native kernels against the numpy definition of their primitive, over every sample there is."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.compiler import compile_plan
from graph_engine.kernels.program import Program
from graph_engine.runtime import Executor, Parameters
from graph_engine.runtime.native import NativeExecutor
from tests.engine.kernels.running import spec_of
from tests.engine.kernels.samples import Sample, samples

every = pytest.mark.parametrize("sample", list(samples()), ids=lambda sample: sample.primitive.name)


@every
@pytest.mark.parametrize("threads", [1, 2])
def test_a_native_step_agrees_with_the_numpy_definition(sample: Sample, threads: int) -> None:
    inputs = [array.astype("float32") if array.dtype.kind == "f" else array for array in sample.inputs]
    attrs = {key: "float32" if value == "float64" else value for key, value in sample.attrs.items()}
    program = Program()
    feeds = tuple(program.feed(str(place), spec_of(array)) for place, array in enumerate(inputs))
    outputs = program.emit(sample.primitive, feeds, attrs)
    program.results = {str(place): value for place, value in enumerate(outputs)}
    plan = compile_plan(program)
    named = {str(place): array for place, array in enumerate(inputs)}
    expected = Executor(plan, Parameters({})).run(named, seed=1)
    found = NativeExecutor(plan, Parameters({}), threads).run(named, seed=1)
    for name, value in expected.items():
        assert found[name].dtype == value.dtype
        np.testing.assert_allclose(found[name], value, rtol=3e-5, atol=3e-6)
