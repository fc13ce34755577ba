"""Einstein's sums and products of matrices against numpy's, over drawn equations and shapes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from graph_engine.kernels import ops
from graph_engine.kernels.program import Array, Program, Value
from tests.engine.kernels.running import executor_of, spec_of

Shape = tuple[int, ...]
SIZES = {"a": 2, "b": 3, "c": 1, "d": 4, "e": 2}


def run(make: object, *arrays: Array) -> Array:
    assert callable(make)
    program = Program()
    feeds = [program.feed(str(place), spec_of(array)) for place, array in enumerate(arrays)]
    found = make(*feeds)
    assert isinstance(found, Value)
    program.results = {"y": found}
    return executor_of(program).run({str(place): array for place, array in enumerate(arrays)})["y"].copy()


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, list[Array]]:
    terms = draw(st.lists(st.text("abcde", min_size=1, max_size=4), min_size=1, max_size=3))
    dots = draw(st.booleans())
    known = sorted(set("".join(terms)))
    output = "".join(draw(st.permutations(known))[: draw(st.integers(0, len(known)))])
    places = [draw(st.integers(0, len(term))) for term in terms]
    texts = [f"{term[:at]}...{term[at:]}" if dots else term for term, at in zip(terms, places, strict=True)]
    arrays: list[Array] = []
    for term, at in zip(terms, places, strict=True):
        hidden = draw(st.sampled_from([(), (3,), (2, 3), (1, 3), (2, 1)])) if dots else ()
        own = [SIZES[letter] for letter in term]
        shape = (*own[:at], *hidden, *own[at:])
        arrays.append(np.random.default_rng(len(arrays)).normal(size=shape))
    return f"{','.join(texts)}->{'...' if dots else ''}{output}", arrays


@given(equations())
def test_einsum_is_numpys(case: tuple[str, list[Array]]) -> None:
    equation, arrays = case
    expected = np.einsum(equation, *arrays)
    np.testing.assert_allclose(
        run(lambda *x: ops.einsum(equation, *x), *arrays), expected, rtol=1e-9, atol=1e-12
    )


def test_einsum_without_an_arrow_keeps_what_stands_once() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    np.testing.assert_allclose(run(lambda *x: ops.einsum("ij,jk", *x), a, b), a @ b)


LEADING = st.sampled_from([(), (2,), (1,), (3, 2), (1, 2), (3, 1)])


@given(LEADING, LEADING, st.sampled_from([(2, 3), (3,)]), st.sampled_from([(3, 2), (3,)]))
def test_products_broadcast_as_numpys(
    left: tuple[int, ...], right: tuple[int, ...], a: tuple[int, ...], b: tuple[int, ...]
) -> None:
    first = np.random.default_rng(0).normal(size=(*left, *a) if len(a) == 2 else a)
    second = np.random.default_rng(1).normal(size=(*right, *b) if len(b) == 2 else b)
    np.testing.assert_allclose(run(ops.product, first, second), first @ second, rtol=1e-12, atol=1e-12)


@given(st.integers(-3, 4), st.permutations([0, 1, 2]))
def test_diagonals_are_numpys(offset: int, axes: list[int]) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    found = run(lambda value: ops.diagonal(value, offset, axes[0], axes[1]), x)
    np.testing.assert_array_equal(found, np.diagonal(x, offset, axes[0], axes[1]))
