"""Checkpoints: all that is needed to continue a training bit for bit, in one safetensors file.

Tensors: ``weights/PATH``, ``optimizer/SLOT/PATH`` and ``callbacks/INDEX/NAME``; everything else is JSON in
the file's metadata. Nothing in such a file can run code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from graph_engine.project.files import write_atomic
from graph_engine.project.tensors import safetensors_pieces
from graph_engine.training.optimizers import kept_state
from graph_engine.values import LayerloomError

Array = npt.NDArray[Any]
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``state`` holds JSON values: the position (epoch, batch), counters, sums, callbacks."""

    weights: Mapping[str, Array]
    slots: Mapping[str, Array] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)

    def kept_optimizer(self) -> Mapping[str, Array]:
        """What a project keeps of the optimizer (see ``kept_state``); its slots alone where it is not named."""
        name, iterations = self.state.get("optimizer"), self.state.get("iterations")
        if isinstance(name, str) and isinstance(iterations, int):
            return kept_state(dict(self.slots), name, iterations)
        return self.slots

    def write(self, path: Path) -> None:
        tensors = {
            **{f"weights/{name}": array for name, array in self.weights.items()},
            **{f"optimizer/{name}": array for name, array in self.slots.items()},
            **{f"callbacks/{name}": array for name, array in self.arrays.items()},
        }
        metadata = {"format": str(FORMAT), "state": json.dumps(self.state)}
        write_atomic(path, safetensors_pieces(tensors, metadata))

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        try:
            with safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
            return cls(*_parted(tensors), state=_state(metadata))
        except FileNotFoundError:
            raise LayerloomError(f"there is no checkpoint {path}") from None
        except (SafetensorError, OSError, ValueError) as error:
            raise LayerloomError(f"{path} is not a checkpoint that can be read: {error}") from None


def _state(metadata: Mapping[str, str]) -> dict[str, Any]:
    if metadata.get("format") != str(FORMAT):
        raise ValueError(f"it has format {metadata.get('format')!r}, known is {FORMAT}")
    state = json.loads(metadata.get("state", ""))
    if not isinstance(state, dict):
        raise ValueError("its state is no JSON object")
    return state


def _parted(tensors: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    parts: dict[str, dict[str, Array]] = {"weights": {}, "optimizer": {}, "callbacks": {}}
    for name, array in tensors.items():
        kind, _, rest = name.partition("/")
        if kind in parts:
            parts[kind][rest] = array
    return parts["weights"], parts["optimizer"], parts["callbacks"]
