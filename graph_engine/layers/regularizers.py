"""Penalties on weights, added to the total loss (``keras.regularizers``)."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import Catalogue, Config, choice, number
from graph_engine.values import ShapeError


class Regularizer(Config):
    """A scalar penalty computed from a weight."""

    @abstractmethod
    def penalty(self, weight: Value) -> Value: ...


class L1(Regularizer):
    """``l1 * sum(|w|)``: drives weights to zero."""

    title = "L1"
    l1: float = number(0.01, minimum=0.0, help="Factor on the sum of absolute weights.")

    def penalty(self, weight: Value) -> Value:
        return self.l1 * ops.sum(ops.absolute(weight))


class L2(Regularizer):
    """``l2 * sum(w^2)``: keeps weights small."""

    title = "L2"
    l2: float = number(0.01, minimum=0.0, help="Factor on the sum of squared weights.")

    def penalty(self, weight: Value) -> Value:
        return self.l2 * ops.sum(ops.square(weight))


class L1L2(Regularizer):
    """The sum of both penalties."""

    title = "L1 and L2"
    l1: float = number(0.0, minimum=0.0, help="Factor on the sum of absolute weights.")
    l2: float = number(0.0, minimum=0.0, help="Factor on the sum of squared weights.")

    def penalty(self, weight: Value) -> Value:
        return L1(l1=self.l1).penalty(weight) + L2(l2=self.l2).penalty(weight)


class OrthogonalRegularizer(Regularizer):
    """Rows or columns of a matrix at right angles: charges the mean absolute cosine between them."""

    title = "Orthogonal"
    factor: float = number(0.01, minimum=0.0, help="Factor on the mean absolute cosine.")
    mode: str = choice("rows", ("rows", "columns"), help="What is to stand at right angles.")

    def penalty(self, weight: Value) -> Value:
        if weight.rank != 2:
            raise ShapeError(f"an orthogonal penalty is on matrices, but this weight has {weight.rank} axes")
        vectors = weight if self.mode == "rows" else ops.transpose(weight, (1, 0))
        lengths = ops.sum(ops.square(vectors), (1,), keepdims=True)
        vectors = vectors * ops.rsqrt(ops.maximum(lengths, ops.number(1e-24, vectors)))
        count = vectors.shape[0]
        apart = vectors.program.constant(1.0 - np.eye(count), vectors.dtype)
        cosines = ops.absolute(ops.matmul(vectors, ops.transpose(vectors, (1, 0))) * apart)
        return self.factor * ops.sum(cosines) * (1.0 / (count * (count - 1)))


REGULARIZERS: Catalogue[Regularizer] = Catalogue(
    Regularizer, "graph_engine.layers.regularizers", "regularizer"
)
