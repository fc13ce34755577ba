"""Attention with several heads, as transformers have it (Vaswani et al., 2017)."""

from __future__ import annotations

import dataclasses
import math
import string
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.activations import softmax
from graph_engine.layers.attention import dropped, explicit, steps_before, steps_within
from graph_engine.layers.base import Call, Example, Keras, Ports, Weight, summary_line
from graph_engine.layers.einsum import EinsumDense
from graph_engine.layers.operations.nn import repeated, shares
from graph_engine.layers.requirements import require_floats, require_rank, require_size, title
from graph_engine.layers.weighted import (
    ACTIVITY_EXAMPLE,
    BIAS_EXAMPLE,
    KERNEL_EXAMPLE,
    Activity,
    Bias,
    Kernel,
)
from graph_engine.params import boolean, dims, integer, number, one_or_more, shared
from graph_engine.values import Dim, ShapeError, TensorSpec

_MASKS: Final = ("query_mask", "value_mask", "key_mask")
_QVK: Final = ((2, 3, 4), (2, 5, 4), (2, 5, 4))
_SETTINGS: Final = {
    "use_bias": False,
    "use_gate": True,
    "sliding_window": 2,
    **KERNEL_EXAMPLE,
    **ACTIVITY_EXAMPLE,
}
_SHARED: Final = (
    "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "kernel_constraint",
    "bias_constraint", "activity_regularizer",
)  # fmt: skip
_FAR: Final = -1e9  # the score of what is not seen


def _saved_as(name: str, mark: str, stored: str = "") -> Keras:
    """Each projection is a layer of its own in Keras, whose attribute names its group."""
    parts = {"query": "query", "key": "key", "value": "value", "attention_output": "output"}
    places = {part: f"{mark}{group}_dense" for part, group in parts.items()} | {"gate": "_gate_dense"}
    groups = {f"{part}.{weight}": place for part, place in places.items() for weight in ("kernel", "bias")}
    return Keras(
        name,
        ignored=("seed", "flash_attention"),
        groups=groups,
        stored=stored,
        called=("use_causal_mask", "return_attention_scores"),
    )


class _Heads(Activity, Bias, Kernel):
    """Projects query, key and value, attends in every head, and projects what is found."""

    family = "attention"
    ports = Ports(("query", "value"), optional=("key", "attention_mask", *_MASKS))
    keeps_mask = True

    dropout: float = shared(
        number(0.0, minimum=0.0, maximum=1.0, help="Part of the weights set to zero in training.")
    )
    use_gate: bool = shared(boolean(False, help="Whether a learned gate of the query weighs what is found."))
    sliding_window: int | None = shared(
        integer(
            None, minimum=1, optional=True, help="A step sees those less than this far away; all without it."
        )
    )
    use_causal_mask: bool = shared(boolean(False, help="Whether a step sees only what came before."))
    return_attention_scores: bool = shared(boolean(False, help="Whether the weights are an output, too."))

    def output_ports(self) -> tuple[str, ...]:
        return ("output", "scores") if self.return_attention_scores else ("output",)

    @abstractmethod
    def parts(self, query: TensorSpec, value: TensorSpec, key: TensorSpec) -> Mapping[str, EinsumDense]:
        """The projections, by their names, in the order of their weights."""

    @abstractmethod
    def attended(
        self, call: Call, query: Value, key: Value, value: Value, seen: Value | None
    ) -> tuple[Value, Value]:
        """What is found for each query and head, and the weights it was found by."""

    def projection(self, free: int, bound: int, sizes: tuple[int, ...], **settings: Any) -> EinsumDense:
        """Over the last ``bound`` axes of an input with ``free`` others, to ``sizes``."""
        letters = iter(string.ascii_lowercase)
        kept, gone, new = (
            "".join(next(letters) for _ in range(count)) for count in (free, bound, len(sizes))
        )
        return EinsumDense(
            equation=f"{kept}{gone},{gone}{new}->{kept}{new}",
            output_shape=(*(None,) * (free - 1), *sizes),
            bias_axes=new if self.use_bias else None,
            **{name: getattr(self, name) for name in _SHARED},
            **settings,
        )

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        query, value, key = inputs[0], inputs[1], inputs[2] or inputs[1]
        parts = self.parts(query, value, key)
        entering = {"query": query, "gate": query, "key": key, "value": value}
        heads = parts["query"].infer(query)
        assert isinstance(heads, TensorSpec)
        size = parts["value"].output_shape[-1]
        entering["attention_output"] = heads.with_shape((*heads.shape[:-1], size))
        return tuple(
            dataclasses.replace(weight, name=f"{name}.{weight.name}")
            for name, part in parts.items()
            for weight in part.weights(entering[name])
        )

    def lower(self, call: Call, *inputs: Value) -> Value | tuple[Value, ...]:
        query, value, key = inputs[0], inputs[1], inputs[1] if inputs[2] is None else inputs[2]
        parts = self.parts(query.spec, value.spec, key.spec)

        def project(name: str, x: Value) -> Value:
            found = parts[name].lower(call.part(name), x)
            assert isinstance(found, Value)
            return found

        seen = self._seen(call, inputs)
        heads = (project("query", query), project("key", key), project("value", value))
        found, weights = self.attended(call, *heads, seen)
        if self.use_gate:
            found = found * project("gate", query)
        output = project("attention_output", found)
        return (output, weights) if self.return_attention_scores else output

    def masked(self, *arriving: bool) -> bool | tuple[bool, ...]:
        kept = arriving[0] or arriving[self.input_ports().all.index("query_mask")]
        return (kept, False) if self.return_attention_scores else kept

    def mask(self, call: Call, *inputs: Value) -> Value | tuple[Value | None, ...] | None:
        mask = explicit(inputs[4], call.masks[0])
        return (mask, None) if self.return_attention_scores else mask

    def _seen(self, call: Call, inputs: tuple[Value, ...]) -> Value | None:
        """(batch, queries, keys): what all masks let through; None where there is no mask."""
        query, value = inputs[0], inputs[1]
        query_mask, value_mask = (explicit(inputs[4 + place], call.masks[place]) for place in (0, 1))
        key_mask = explicit(inputs[6], call.masks[2])
        terms = [
            None if inputs[3] is None else ops.cast(inputs[3], dtype="bool"),
            None if query_mask is None else ops.expand_dims(query_mask, -1),
            None if value_mask is None else ops.expand_dims(value_mask, -2),
            None if key_mask is None else ops.expand_dims(key_mask, -2),
        ]
        sizes = query.shape[1], value.shape[1]
        if self.use_causal_mask:
            terms.append(ops.expand_dims(steps_before(*sizes, query), 0))
        if self.sliding_window is not None:
            terms.append(ops.expand_dims(steps_within(*sizes, self.sliding_window, query), 0))
        seen: Value | None = None
        for term in terms:
            seen = term if seen is None else seen if term is None else ops.logical_and(seen, term)
        return seen

    def shares_of(self, scores: Value, seen: Value | None, axes: int, zeroed: bool) -> Value:
        """Softmax over the last ``axes`` axes. A query that sees nothing gets equal shares, or none if ``zeroed``."""
        last = tuple(range(scores.rank - axes, scores.rank))
        if seen is None:
            return shares(softmax, scores, last)
        while seen.rank < scores.rank:  # the heads, in front of the attended axes
            seen = ops.expand_dims(seen, seen.rank - 2 * axes)
        found = shares(softmax, ops.where(seen, scores, ops.number(_FAR, scores)), last)
        return ops.where(seen, found, ops.number(0.0, found)) if zeroed else found


class MultiHeadAttention(_Heads):
    """Each head looks at the values in a way of its own; what they find is projected to one."""

    formula = "y = Σᵢ softmax(Qᵢ · Kᵢᵀ / √key_dim) · Vᵢ · Wᵢ, over heads i"
    title = "MultiHeadAttention"
    keras = _saved_as("MultiHeadAttention", "")
    examples = (
        Example(
            inputs=_QVK[:2],
            config={"num_heads": 2, "key_dim": 3, "output_shape": [6], "use_causal_mask": True},
        ),
        Example(
            inputs=_QVK,
            config={
                "num_heads": 3,
                "key_dim": 2,
                "value_dim": 5,
                "dropout": 0.3,
                "return_attention_scores": True,
                **BIAS_EXAMPLE,
            },
        ),
        Example(
            inputs=((2, 3, 4), (2, 5, 4), (2, 3, 5), (2, 3)),
            config={"key_dim": 3, **_SETTINGS},
            ports=("query", "value", "attention_mask", "query_mask"),
            dtypes=("float32", "float32", "bool", "bool"),
        ),
        Example(
            inputs=((2, 3, 2, 4), (2, 3, 2, 4)), config={"num_heads": 2, "key_dim": 3, "attention_axes": [1]}
        ),
        Example(inputs=((2, 3, 2, 4), (2, 3, 2, 4)), config={"num_heads": 2, "key_dim": 3}),
    )

    num_heads: int = integer(4, minimum=1, help="How many heads look.")
    key_dim: int = integer(32, minimum=1, help="Size of a query and of a key in each head.")
    value_dim: int | None = integer(
        None, minimum=1, optional=True, help="Size of a value; as keys without it."
    )
    output_shape: tuple[int, ...] | None = dims(
        None, open_sizes=False, optional=True, help="Sizes of what is found; the query's without it."
    )
    attention_axes: int | tuple[int, ...] | None = one_or_more(
        None, optional=True, help="The axes that are looked along; all between batch and features without it."
    )

    def line(self) -> str:
        return summary_line(
            f"{self.num_heads} \u00d7 {self.key_dim}", "causal" if self.use_causal_mask else ""
        )

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        query, value, key = inputs[0], inputs[1], inputs[2] or inputs[1]
        require_floats(self, query, value, key)
        if query.rank < 3 or value.rank != query.rank or key.rank != query.rank:
            raise ShapeError(
                f"{title(self)} needs sequences of as many axes: steps \u00d7 features; got {query} and {value}"
            )
        if not _equal(value.shape[1:-1], key.shape[1:-1]):
            raise ShapeError(f"{title(self)} needs a value for each key, got {value} (value) and {key} (key)")
        axes = self._axes(query.rank)
        output = query.with_shape((*query.shape[:-1], *(self.output_shape or query.shape[-1:])))
        others = tuple(query.shape[axis] for axis in range(query.rank - 1) if axis not in axes)
        sides = (*(query.shape[axis] for axis in axes), *(value.shape[axis] for axis in axes))
        scores = query.with_shape((*others, self.num_heads, *sides))
        return (output, scores) if self.return_attention_scores else output

    @abstractmethod
    def parts(self, query: TensorSpec, value: TensorSpec, key: TensorSpec) -> Mapping[str, EinsumDense]:
        free, heads, size = query.rank - 1, self.num_heads, self.value_dim or self.key_dim
        gate = (
            {"gate": self.projection(free, 1, (heads, size), activation="sigmoid")} if self.use_gate else {}
        )
        features = self.output_shape or (require_size(self, query, -1, "number of features"),)
        return {
            "query": self.projection(free, 1, (heads, self.key_dim)),
            "key": self.projection(free, 1, (heads, self.key_dim)),
            **gate,
            "value": self.projection(free, 1, (heads, size)),
            "attention_output": self.projection(free, 2, tuple(features)),
        }

    @abstractmethod
    def attended(
        self, call: Call, query: Value, key: Value, value: Value, seen: Value | None
    ) -> tuple[Value, Value]:
        axes = self._axes(query.rank - 1)
        target = string.ascii_lowercase[: query.rank]
        others = iter(string.ascii_uppercase)
        source = "".join(next(others) if axis in axes else letter for axis, letter in enumerate(target))
        batch = "".join(letter for axis, letter in enumerate(target[:-1]) if axis not in axes)
        product = batch + "".join(target[axis] for axis in axes) + "".join(source[axis] for axis in axes)
        scores = ops.einsum(f"{target},{source}->{product}", query * (1.0 / math.sqrt(self.key_dim)), key)
        zeroed = bool(self.dropout) or self.return_attention_scores or query.rank != 4
        weights = self.shares_of(scores, seen, len(axes), zeroed)
        used = dropped(call, weights, self.dropout)
        return ops.einsum(f"{product},{source}->{target}", used, value), weights

    def _axes(self, rank: int) -> tuple[int, ...]:
        """The attended axes of inputs with ``rank`` axes."""
        given = self.attention_axes
        if given is None:
            return tuple(range(1, rank - 1))
        return tuple(axis % rank for axis in (given if isinstance(given, tuple) else (given,)))


class GroupQueryAttention(_Heads):
    """Heads of the query share heads of keys and values, which makes those cheaper (Ainslie et al., 2023)."""

    formula = "y = Σᵢ softmax(Qᵢ · Kⱼᵀ / √head_dim) · Vⱼ · Wᵢ, for head i of group j"
    title = "GroupQueryAttention"
    keras = _saved_as("GroupQueryAttention", "_", stored="GroupedQueryAttention")
    examples = (
        Example(inputs=_QVK[:2], config={"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}),
        Example(
            inputs=_QVK,
            config={
                "head_dim": 2,
                "num_query_heads": 3,
                "num_key_value_heads": 1,
                "dropout": 0.3,
                "return_attention_scores": True,
                "use_causal_mask": True,
                **BIAS_EXAMPLE,
            },
        ),
        Example(
            inputs=((2, 3, 4), (2, 5, 4), (2, 3, 5)),
            config={"head_dim": 3, **_SETTINGS},
            ports=("query", "value", "attention_mask"),
            dtypes=("float32", "float32", "bool"),
        ),
    )

    head_dim: int = integer(32, minimum=1, help="Size of a query, a key and a value in each head.")
    num_query_heads: int = integer(4, minimum=1, help="How many heads the query has.")
    num_key_value_heads: int = integer(2, minimum=1, help="How many heads keys and values have.")

    def line(self) -> str:
        return f"{self.num_query_heads} / {self.num_key_value_heads} \u00d7 {self.head_dim}"

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        query, value, key = inputs[0], inputs[1], inputs[2] or inputs[1]
        require_floats(self, query, value, key)
        for spec in (query, value, key):
            require_rank(self, spec, 3, "steps \u00d7 features")
        if self.num_query_heads % self.num_key_value_heads:
            raise ShapeError(
                f"{title(self)}: {self.num_query_heads} query heads cannot share {self.num_key_value_heads} heads "
                "of keys and values evenly"
            )
        if not _equal(value.shape[1:-1], key.shape[1:-1]):
            raise ShapeError(f"{title(self)} needs a value for each key, got {value} (value) and {key} (key)")
        scores = query.with_shape((query.shape[0], self.num_query_heads, query.shape[1], key.shape[1]))
        return (query, scores) if self.return_attention_scores else query

    @abstractmethod
    def parts(self, query: TensorSpec, value: TensorSpec, key: TensorSpec) -> Mapping[str, EinsumDense]:
        asked, given = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        gate = {"gate": self.projection(2, 1, asked, activation="sigmoid")} if self.use_gate else {}
        features = require_size(self, query, -1, "number of features")
        return {
            "query": self.projection(2, 1, asked),
            "key": self.projection(2, 1, given),
            **gate,
            "value": self.projection(2, 1, given),
            "attention_output": self.projection(2, 2, (features,)),
        }

    @abstractmethod
    def attended(
        self, call: Call, query: Value, key: Value, value: Value, seen: Value | None
    ) -> tuple[Value, Value]:
        times = self.num_query_heads // self.num_key_value_heads
        key, value = (repeated(x, times, 2) for x in (key, value))
        scores = ops.einsum("btnh,bsnh->bnts", query * (1.0 / math.sqrt(self.head_dim)), key)
        weights = self.shares_of(scores, seen, 1, bool(self.dropout) or self.return_attention_scores)
        return ops.einsum("bnts,bsnh->btnh", dropped(call, weights, self.dropout), value), weights


def _equal(first: tuple[Dim, ...], second: tuple[Dim, ...]) -> bool:
    return len(first) == len(second) and all(
        None in (mine, theirs) or mine == theirs for mine, theirs in zip(first, second, strict=True)
    )
