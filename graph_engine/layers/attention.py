"""Layers that look at one sequence for each step of another."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Keras, Layer, Ports, Weight, summary_line
from graph_engine.layers.initializers import GlorotUniform, Ones
from graph_engine.layers.requirements import require_floats, require_size, title
from graph_engine.params import boolean, choice, number, shared
from graph_engine.values import Dim, ShapeError, TensorSpec

_QVK: Final = ((2, 3, 4), (2, 5, 4), (2, 5, 4))
_MASKS: Final = ("query_mask", "value_mask")
_FAR: Final = 1e9  # what Keras takes from the scores of steps that are not seen


class _Attention(Layer):
    """What is seen of the values, weighted by how well their keys fit the query."""

    family = "attention"
    ports = Ports(("query", "value"), optional=("key", *_MASKS))
    keeps_mask = True

    dropout: float = shared(
        number(0.0, minimum=0.0, maximum=1.0, help="Part of the weights set to zero in training.")
    )
    use_causal_mask: bool = shared(boolean(False, help="Whether a step sees only what came before."))
    return_attention_scores: bool = shared(boolean(False, help="Whether the weights are an output, too."))

    def output_ports(self) -> tuple[str, ...]:
        return ("output", "scores") if self.return_attention_scores else ("output",)

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        query, value, key = inputs[0], inputs[1], inputs[2] or inputs[1]
        require_floats(self, query, value, key)
        for spec in (query, value, key):
            if spec.rank < 3:
                raise ShapeError(f"{title(self)} needs sequences: steps \u00d7 features, got {spec}")
        if not _same(query.shape[-1], key.shape[-1]) or not _same(value.shape[-2], key.shape[-2]):
            raise ShapeError(
                f"{title(self)} needs queries and keys of as many features, and a value for each key; "
                f"got {query} (query), {key} (key) and {value} (value)"
            )
        output = query.with_shape((*query.shape[:-1], value.shape[-1]))
        scores = query.with_shape((*query.shape[:-1], key.shape[-2]))
        return (output, scores) if self.return_attention_scores else output

    def lower(self, call: Call, *inputs: Value) -> Value | tuple[Value, ...]:
        query, value, key = inputs[0], inputs[1], inputs[1] if inputs[2] is None else inputs[2]
        query_mask, value_mask = _explicit_masks(call, inputs)
        scores = self.scores(call, query, key)
        seen = None if value_mask is None else ops.expand_dims(value_mask, -2)
        if self.use_causal_mask:
            before = steps_before(scores.shape[-2], scores.shape[-1], scores)
            seen = before if seen is None else ops.logical_and(seen, before)
        if seen is not None:
            scores = ops.where(seen, scores, scores - _FAR)
        weights = ops.softmax(scores)
        found = ops.product(dropped(call, weights, self.dropout), value)
        if query_mask is not None:
            found = ops.where(ops.expand_dims(query_mask, -1), found, ops.number(0.0, found))
        return (found, weights) if self.return_attention_scores else found

    @abstractmethod
    def scores(self, call: Call, query: Value, key: Value) -> Value:
        """How much each query has to do with each key: (batch, queries, keys)."""

    def masked(self, *arriving: bool) -> bool | tuple[bool, ...]:
        kept = arriving[0] or arriving[self.input_ports().all.index("query_mask")]
        return (kept, False) if self.return_attention_scores else kept

    def mask(self, call: Call, *inputs: Value) -> Value | tuple[Value | None, ...] | None:
        (mask, _) = _explicit_masks(call, inputs)
        return (mask, None) if self.return_attention_scores else mask


class Attention(_Attention):
    """Weights by the product of query and key (Luong et al., 2015), or by a sum through tanh."""

    formula = "y = softmax(query · keyᵀ) · value"
    title = "Attention"
    keras = Keras(ignored=("seed",), called=("use_causal_mask", "return_attention_scores"), listed=True)
    examples = (
        Example(inputs=_QVK[:2]),
        Example(
            inputs=_QVK, config={"use_scale": True, "use_causal_mask": True, "return_attention_scores": True}
        ),
        Example(inputs=_QVK, config={"score_mode": "concat", "use_scale": True}),
        Example(
            inputs=((2, 3, 4), (2, 5, 4), (2, 3), (2, 5)),
            config={"score_mode": "concat", "dropout": 0.5},
            ports=("query", "value", *_MASKS),
            dtypes=("float32", "float32", "bool", "bool"),
        ),
    )

    use_scale: bool = boolean(False, help="Whether scores are scaled by a learned number.")
    score_mode: str = choice("dot", ("dot", "concat"), help="The product, or the sum through tanh.")

    def line(self) -> str:
        return summary_line(self.score_mode, "causal" if self.use_causal_mask else "")

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        scale = Weight("scale", (), Ones())
        concat = Weight("concat_score_weight", (), Ones())
        return (*((scale,) if self.use_scale else ()), *((concat,) if self.score_mode == "concat" else ()))

    def scores(self, call: Call, query: Value, key: Value) -> Value:
        if self.score_mode == "dot":
            found = ops.product(query, ops.transpose(key, _swapped(key.rank)))
            return found * call.weight("scale") if self.use_scale else found
        pairs = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        scaled = pairs * call.weight("scale") if self.use_scale else pairs
        return ops.sum(ops.tanh(scaled), (-1,)) * call.weight("concat_score_weight")


class AdditiveAttention(_Attention):
    """Weights by a learned sum of query and key through tanh (Bahdanau et al., 2015)."""

    formula = "y = softmax(Σ scale · tanh(query + key)) · value"
    title = "AdditiveAttention"
    keras = Keras(ignored=("seed",), called=("use_causal_mask", "return_attention_scores"), listed=True)
    examples = (
        Example(inputs=_QVK[:2], config={"use_causal_mask": True}),
        Example(inputs=_QVK, config={"use_scale": False, "return_attention_scores": True, "dropout": 0.3}),
    )

    use_scale: bool = boolean(True, help="Whether the terms of the sum are scaled by learned numbers.")

    def line(self) -> str:
        return summary_line("causal" if self.use_causal_mask else "")

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        if not self.use_scale:
            return ()
        size = require_size(self, inputs[0], -1, "number of features")
        return (Weight("scale", (size,), GlorotUniform()),)

    def scores(self, call: Call, query: Value, key: Value) -> Value:
        terms = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(terms * call.weight("scale") if self.use_scale else terms, (-1,))


def steps_before(queries: int, keys: int, like: Value) -> Value:
    """(queries, keys): whether the step of the key is no later than that of the query."""
    return ops.greater_equal(*_places(queries, keys, like))


def steps_within(queries: int, keys: int, window: int, like: Value) -> Value:
    """(queries, keys): whether the two are less than ``window`` steps apart."""
    rows, columns = _places(queries, keys, like)
    return ops.less(ops.absolute(rows - columns), like.program.constant(window, "int32"))


def _places(queries: int, keys: int, like: Value) -> tuple[Value, Value]:
    rows = like.program.constant(np.arange(queries)[:, None], "int32")
    return rows, like.program.constant(np.arange(keys), "int32")


def explicit(wired: Value | None, came: Value | None) -> Value | None:
    """The mask that is wired, else the one that came with the input."""
    return came if wired is None else ops.cast(wired, dtype="bool")


def _explicit_masks(call: Call, inputs: tuple[Value, ...]) -> tuple[Value | None, Value | None]:
    """Masks of query and value: what is wired to their ports, else what came with them."""
    query, value = map(explicit, inputs[3:5], call.masks[:2])
    return query, value


def dropped(call: Call, weights: Value, rate: float) -> Value:
    return weights * ops.dropout_mask(weights, rate) if call.training and rate else weights


def _swapped(rank: int) -> tuple[int, ...]:
    return (*range(rank - 2), rank - 1, rank - 2)


def _same(first: Dim, second: Dim) -> bool:
    return first is None or second is None or first == second
