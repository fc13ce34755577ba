"""Products over any axes, composed of transpositions and matrix products, so that their gradients come free."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Sequence

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.values import ShapeError

Labels = str


def product(a: Value, b: Value) -> Value:
    """``a @ b`` with numpy's rules: leading axes broadcast, a vector is a row on the left, a column on the right."""
    if not a.rank or not b.rank:
        raise ShapeError(
            f"a matrix product needs at least one axis on each side, got {a.shape} and {b.shape}"
        )
    if a.rank == 1:
        return ops.squeeze(product(ops.expand_dims(a, 0), b), -1 if b.rank == 1 else -2)
    if b.rank == 1:
        return ops.squeeze(product(a, ops.expand_dims(b, 1)), -1)
    if b.rank == 2:  # one matrix for all: a taller product instead of many
        rows = ops.reshape(a, (math.prod(a.shape[:-1]), a.shape[-1]))
        return ops.reshape(ops.matmul(rows, b), (*a.shape[:-1], b.shape[-1]))
    leading = common_shape(a.shape[:-2], b.shape[:-2])
    return ops.matmul(
        ops.broadcast_to(a, (*leading, *a.shape[-2:])), ops.broadcast_to(b, (*leading, *b.shape[-2:]))
    )


def tensordot(a: Value, b: Value, axes: int | Sequence[Sequence[int]]) -> Value:
    """Adds up over the last ``axes`` axes of ``a`` and the first of ``b``, or over pairs of axes."""
    if isinstance(axes, int):
        axes = (tuple(range(a.rank - axes, a.rank)), tuple(range(axes)))
    first, second = ([axis % x.rank for axis in each] for x, each in zip((a, b), axes, strict=True))
    letters = iter(string.ascii_letters)
    left = [next(letters) for _ in range(a.rank)]
    right = [next(letters) for _ in range(b.rank)]
    for mine, theirs in zip(first, second, strict=True):
        right[theirs] = left[mine]
    kept = [letter for axis, letter in enumerate(left) if axis not in first]
    kept += [letter for axis, letter in enumerate(right) if axis not in second]
    return einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", a, b)


def einsum(equation: str, *operands: Value) -> Value:
    """Einstein's sum convention with numpy's rules for ``...``, repeated letters and a missing ``->``."""
    terms, output = _expanded(equation, operands)
    parts = [_diagonals(value, labels) for value, labels in zip(operands, terms, strict=True)]
    value, labels = parts[0]
    for index, (other, others) in enumerate(parts[1:], start=1):
        later = output + "".join(each for _, each in parts[index + 1 :])
        value, labels = _contracted(value, labels, other, others, later, output)
    value, labels = _summed(value, labels, output)
    return _ordered(value, labels, output)


def diagonal(x: Value, offset: int, axis1: int, axis2: int) -> Value:
    """``x[i, i + offset]`` of two axes, as a new last axis."""
    first, second = axis1 % x.rank, axis2 % x.rank
    others = [axis for axis in range(x.rank) if axis not in (first, second)]
    matrix = ops.transpose(x, (*others, first, second))
    *leading, rows, columns = matrix.shape
    count = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    flat = ops.reshape(matrix, (*leading, rows * columns))
    start = offset if offset >= 0 else -offset * columns
    starts = [0] * len(leading) + [start]
    stops = [*leading, start + max(0, count - 1) * (columns + 1) + min(count, 1)]
    return ops.slice(flat, starts, stops, [1] * len(leading) + [columns + 1])


def common_shape(*shapes: Sequence[int]) -> tuple[int, ...]:
    """What these broadcast to. Raises ShapeError where they do not."""
    found: list[int] = []
    for sizes in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        real = {size for size in sizes if size != 1}
        if len(real) > 1:
            raise ShapeError(f"shapes {' and '.join(str(tuple(shape)) for shape in shapes)} do not broadcast")
        found.append(real.pop() if real else 1)
    return tuple(reversed(found))


def _expanded(equation: str, operands: Sequence[Value]) -> tuple[list[Labels], Labels]:
    """A letter for every axis: those that ``...`` stands for get unused ones."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise ShapeError(f"the equation {equation!r} takes {len(terms)} tensors, got {len(operands)}")
    free = [letter for letter in string.ascii_letters if letter not in equation]
    hidden = [value.rank - len(term.replace("...", "")) for value, term in zip(operands, terms, strict=True)]
    for term, value, count in zip(terms, operands, hidden, strict=True):
        if count < 0 or (count and "..." not in term):
            raise ShapeError(f"the equation {equation!r} gives {term!r} to a tensor of shape {value.shape}")
    batch = "".join(free[: max(hidden)])
    full = [
        term.replace("...", batch[len(batch) - count :]) for term, count in zip(terms, hidden, strict=True)
    ]
    if not arrow:
        named = sorted(letter for letter in set(left) if letter.isalpha() and left.count(letter) == 1)
        right = ("..." if "..." in left else "") + "".join(named)
    output = right.replace("...", batch)
    if unknown := set(output) - set("".join(full)):
        raise ShapeError(f"the equation {equation!r} asks for {sorted(unknown)[0]!r}, which no tensor has")
    return full, output


def _diagonals(value: Value, labels: Labels) -> tuple[Value, Labels]:
    for letter in dict.fromkeys(labels):
        while labels.count(letter) > 1:
            first = labels.index(letter)
            second = labels.index(letter, first + 1)
            value = diagonal(value, 0, first, second)
            labels = labels[:first] + labels[first + 1 : second] + labels[second + 1 :] + letter
    return value, labels


def _contracted(
    a: Value, la: Labels, b: Value, lb: Labels, later: Labels, output: Labels
) -> tuple[Value, Labels]:
    """One product of two tensors: letters that nobody asks for later are added up."""
    a, la = _summed(a, la, later + lb)
    b, lb = _summed(b, lb, later + la)
    a, b = _stretched(a, la, b, lb), _stretched(b, lb, a, la)
    batch = "".join(letter for letter in la if letter in lb and letter in later)
    inner = "".join(letter for letter in la if letter in lb and letter not in later)
    free_a = "".join(letter for letter in la if letter not in lb)
    free_b = "".join(letter for letter in lb if letter not in la)
    if batch + free_b + free_a == output:  # the product the other way round comes out in order
        a, la, free_a, b, lb, free_b = b, lb, free_b, a, la, free_a
    left, turned_a = _matrices(a, la, batch, free_a, inner)
    right, turned_b = _matrices(b, lb, batch, inner, free_b)
    size = dict(zip(la + lb, (*a.shape, *b.shape), strict=True))
    found = ops.matmul(left, right, transpose_a=turned_a, transpose_b=turned_b)
    return ops.reshape(
        found, tuple(size[letter] for letter in batch + free_a + free_b)
    ), batch + free_a + free_b


def _matrices(x: Value, labels: Labels, batch: Labels, rows: Labels, columns: Labels) -> tuple[Value, bool]:
    """(batch, rows, columns), or (batch, columns, rows) and True where that is how they lie already."""
    size = dict(zip(labels, x.shape, strict=True))
    turned = labels == batch + columns + rows
    order = (columns, rows) if turned else (rows, columns)
    lying = _ordered(x, labels, batch + order[0] + order[1])
    return ops.reshape(
        lying, tuple(math.prod(size[letter] for letter in group) for group in (batch, *order))
    ), turned


def _summed(x: Value, labels: Labels, wanted: Labels) -> tuple[Value, Labels]:
    axes = [axis for axis, letter in enumerate(labels) if letter not in wanted]
    return ops.sum(x, axes) if axes else x, "".join(letter for letter in labels if letter in wanted)


def _stretched(x: Value, labels: Labels, other: Value, others: Labels) -> Value:
    """Axes of size 1 repeated to what the other tensor has there."""
    sizes = dict(zip(others, other.shape, strict=True))
    shape = tuple(
        sizes.get(letter, size) if size == 1 else size for letter, size in zip(labels, x.shape, strict=True)
    )
    for letter, size in zip(labels, shape, strict=True):
        if sizes.get(letter, size) not in (size, 1):
            raise ShapeError(f"axis {letter!r} has {size} and {sizes[letter]} elements")
    return ops.broadcast_to(x, shape)


def _ordered(x: Value, labels: Labels, wanted: Labels) -> Value:
    return ops.transpose(x, [labels.index(letter) for letter in wanted])
