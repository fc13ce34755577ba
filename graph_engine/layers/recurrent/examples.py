"""Examples that all recurrent layers share, and where Keras keeps their weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph_engine.layers.base import Example
from graph_engine.layers.weighted import ACTIVITY_EXAMPLE, BIAS_EXAMPLE, KERNEL_EXAMPLE
from graph_engine.values import DType

GROUPS: Final = {"kernel": "cell", "recurrent_kernel": "cell", "bias": "cell"}
RECURRENT_KERNEL: Final[Mapping[str, Any]] = {
    "recurrent_initializer": "glorot_uniform",
    "recurrent_regularizer": "l1",
    "recurrent_constraint": "unit_norm",
}
CELL: Final[Mapping[str, Any]] = {
    **KERNEL_EXAMPLE,
    **RECURRENT_KERNEL,
    **BIAS_EXAMPLE,
    "dropout": 0.4,
    "recurrent_dropout": 0.3,
}


def masked(states: int, dtypes: tuple[DType, ...] = ()) -> dict[str, Any]:
    """Ports of an example whose inputs are a sequence, that many first states and a mask."""
    return {
        "ports": ("input", *(f"initial_state_{index}" for index in range(states)), "mask"),
        "dtypes": ("float32",) * (states + 1) + ("bool",),
    }


def common(sequence: tuple[int, ...], size: Mapping[str, Any]) -> tuple[Example, ...]:
    """Every parameter that all recurrent layers have; ``size``: those that say how large this one is."""
    steps = sequence[:2]
    return (
        Example(
            inputs=(sequence,),
            config={**size, **CELL, **ACTIVITY_EXAMPLE, "return_sequences": True, "go_backwards": True},
        ),
        Example(
            inputs=(sequence, steps),
            config={**size, "use_bias": False, "return_state": True, "go_backwards": True},
            **masked(0),
        ),
        Example(
            inputs=(sequence, steps),
            config={**size, "return_sequences": True, "zero_output_for_mask": True, "dropout": 0.5},
            **masked(0),
        ),
        Example(inputs=(sequence,), config={**size, "stateful": True, "unroll": True}, fixed_batch=True),
    )
