"""Attention and EinsumDense against Keras: every option, masks of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.peers.matching import agree, noise

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

QUERY, VALUE, KEY = noise(2, 3, 4), noise(2, 5, 4, seed=1), noise(2, 5, 4, seed=2)
SELF = noise(2, 4, 6)
QUERY_MASK = np.array([[True, True, False], [True, False, False]])
VALUE_MASK = np.array([[True, True, True, False, False], [True, False, True, True, False]])
PAIRS = np.random.default_rng(0).integers(0, 2, (2, 3, 5)).astype(bool)
BLIND = np.zeros((2, 3, 5), bool)  # some queries see nothing
BLIND[:, 0, :2] = True


@pytest.mark.parametrize("use_scale", [False, True])
@pytest.mark.parametrize("score_mode", ["dot", "concat"])
@pytest.mark.parametrize("call", [{}, {"use_causal_mask": True}, {"return_attention_scores": True}])
def test_attention(use_scale: bool, score_mode: str, call: dict[str, Any]) -> None:
    config = {"use_scale": use_scale, "score_mode": score_mode}
    agree("Attention", config, [QUERY, VALUE, KEY], call=call, listed=True)
    agree("Attention", config, [QUERY, VALUE], call=call, listed=True)


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masks", [{0: QUERY_MASK}, {1: VALUE_MASK}, {0: QUERY_MASK, 1: VALUE_MASK}])
def test_attention_sees_no_padding(kind: str, causal: bool, masks: dict[int, Any]) -> None:
    agree(kind, {}, [QUERY, VALUE], call={"use_causal_mask": causal}, masks=masks, listed=True)


@pytest.mark.parametrize("use_scale", [False, True])
def test_additive_attention(use_scale: bool) -> None:
    call = {"return_attention_scores": True, "use_causal_mask": True}
    agree("AdditiveAttention", {"use_scale": use_scale}, [QUERY, VALUE, KEY], call=call, listed=True)


HEADS = [
    {"num_heads": 2, "key_dim": 3},
    {"num_heads": 3, "key_dim": 2, "value_dim": 4, "output_shape": (5,)},
    {"num_heads": 1, "key_dim": 4, "use_bias": False},
    {"num_heads": 2, "key_dim": 3, "sliding_window": 2},
    {"num_heads": 2, "key_dim": 3, "use_gate": True},
    {"num_heads": 2, "key_dim": 3, "dropout": 0.5},
    {"num_heads": 2, "key_dim": 3, "output_shape": (3, 2)},
]


@pytest.mark.parametrize("config", HEADS, ids=str)
@pytest.mark.parametrize("call", [{}, {"use_causal_mask": True}, {"return_attention_scores": True}], ids=str)
def test_multi_head_attention(config: dict[str, Any], call: dict[str, Any]) -> None:
    agree("MultiHeadAttention", config, [QUERY, VALUE, KEY], call=call)
    agree("MultiHeadAttention", config, [SELF, SELF], call=call)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5)])
@pytest.mark.parametrize("axes", [None, (1,), (2,), (1, 2), -2])
def test_multi_head_attention_over_other_axes(shape: tuple[int, ...], axes: Any) -> None:
    config = {"num_heads": 2, "key_dim": 3, "attention_axes": axes}
    agree("MultiHeadAttention", config, [noise(*shape), noise(*shape, seed=1)])


GROUPS = [
    {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
    {"head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 1, "use_bias": False},
    {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2, "use_gate": True, "sliding_window": 2},
]


@pytest.mark.parametrize("config", GROUPS, ids=str)
@pytest.mark.parametrize("call", [{}, {"use_causal_mask": True}, {"return_attention_scores": True}], ids=str)
def test_group_query_attention(config: dict[str, Any], call: dict[str, Any]) -> None:
    agree("GroupQueryAttention", config, [QUERY, VALUE, KEY], call=call)


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}),
    ("GroupQueryAttention", GROUPS[0]),
]


@pytest.mark.parametrize(("kind", "config"), KINDS, ids=["multi-head", "group"])
@pytest.mark.parametrize("call", [{}, {"use_causal_mask": True}, {"return_attention_scores": True}], ids=str)
@pytest.mark.parametrize("masks", [{}, {0: QUERY_MASK}, {1: VALUE_MASK}, {0: QUERY_MASK, 1: VALUE_MASK}])
@pytest.mark.parametrize("pairs", [None, PAIRS, BLIND])
def test_heads_see_what_all_masks_let_through(
    kind: str, config: dict[str, Any], call: dict[str, Any], masks: dict[int, Any], pairs: Any
) -> None:
    """Gradients of queries that see nothing are not compared: torch's fused kernel has some where nothing changes."""
    fused = "return_attention_scores" not in call
    sloped = not (fused and (0 in masks or pairs is not None))
    arrays, ports = ([QUERY, VALUE], ()) if pairs is None else ([QUERY, VALUE, pairs], ("attention_mask",))
    agree(kind, config, arrays, ports=ports, call=call, masks=masks, sloped=sloped)


EQUATIONS = [
    ("ab,bc->ac", (5,), (3, 4), "c"),
    ("abc,cd->abd", (None, 5), (2, 3, 4), "d"),
    ("abc,cd->abd", (3, 5), (2, 3, 4), None),
    ("abc,cde->abde", (None, 2, 3), (2, 3, 4), "de"),
    ("abcd,cde->abe", (None, 5), (2, 3, 2, 4), "e"),
    ("abc,bd->adc", (5, 4), (2, 3, 4), "d"),
    ("...x,xy->...y", 5, (2, 3, 4), "y"),
    ("...x,xy->...y", 5, (2, 3, 2, 4), "y"),
    ("ab...,bc->ac...", (5,), (2, 3, 4), "c"),
    ("ab...,bc->ac...", (5,), (2, 3, 4, 2), "c"),
    ("abc,cd->abd", (3, 5), (2, 3, 4), "bd"),
]


@pytest.mark.parametrize(("equation", "output_shape", "shape", "bias_axes"), EQUATIONS)
def test_einsum_dense(
    equation: str, output_shape: Any, shape: tuple[int, ...], bias_axes: str | None
) -> None:
    config = {
        "equation": equation,
        "output_shape": output_shape,
        "bias_axes": bias_axes,
        "activation": "tanh",
    }
    agree("EinsumDense", config, [noise(*shape)])
