"""Products in tiles of every size, whole and cut, against numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from graph_engine.compiler import compile_plan
from graph_engine.kernels import ops
from graph_engine.kernels.program import Program
from graph_engine.runtime import Parameters
from graph_engine.runtime.native import NativeExecutor
from tests.engine.kernels.running import spec_of

sizes = st.integers(1, 70)


@given(
    leading=st.sampled_from([(), (1,), (3,), (2, 2)]),
    rows=sizes,
    inner=st.one_of(sizes, st.integers(500, 1100)),
    columns=sizes,
    transpose_a=st.booleans(),
    transpose_b=st.booleans(),
    threads=st.integers(1, 2),
)
def test_products_agree_with_numpy(
    leading: tuple[int, ...],
    rows: int,
    inner: int,
    columns: int,
    transpose_a: bool,
    transpose_b: bool,
    threads: int,
) -> None:
    rng = np.random.default_rng(rows * inner + columns)
    a = rng.standard_normal((*leading, *((inner, rows) if transpose_a else (rows, inner)))).astype(np.float32)
    b = rng.standard_normal((*leading, *((columns, inner) if transpose_b else (inner, columns)))).astype(
        np.float32
    )
    program = Program()
    left, right = program.feed("a", spec_of(a)), program.feed("b", spec_of(b))
    program.results["c"] = ops.matmul(left, right, transpose_a=transpose_a, transpose_b=transpose_b)
    executor = NativeExecutor(compile_plan(program), Parameters({}), threads)
    assert executor.is_native == (True,)
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    expected = (wide_a.swapaxes(-1, -2) if transpose_a else wide_a) @ (
        wide_b.swapaxes(-1, -2) if transpose_b else wide_b
    )
    np.testing.assert_allclose(executor.run({"a": a, "b": b})["c"], expected, rtol=1e-4, atol=1e-4)
