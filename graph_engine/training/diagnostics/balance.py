"""Who pulls on shared weights: each output's share of the gradient on the weights that several outputs depend on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graph_engine.compiler import lower
from graph_engine.kernels.program import Array, live_ops
from graph_engine.values import TensorSpec

if TYPE_CHECKING:
    from graph_engine.training.session import Session

MOST: Final = 0.8  # a share above it is named, or twice its fair share where there are many outputs
_DIGITS: Final = 2  # of weights that are proposed


@dataclass(frozen=True, slots=True)
class Balance:
    """``norms``: length of the gradient that each output's weighted loss sends into the shared weights, by Output name;
    ``weights``: of the losses."""

    norms: Mapping[str, float]
    weights: Mapping[str, float]

    @property
    def shares(self) -> dict[str, float]:
        """Of the sum of all lengths, from 0 to 1."""
        total = sum(self.norms.values())
        return {name: norm / total if total else 0.0 for name, norm in self.norms.items()}

    @property
    def leader(self) -> str:
        """The output that drowns the others; empty while there is none."""
        name, share = max(self.shares.items(), key=lambda item: item[1])
        return name if share > min(MOST, 2 / len(self.norms)) else ""

    @property
    def proposed(self) -> dict[str, float]:
        """Weights with which all outputs would pull alike now; their sum stays."""
        pulls = {
            name: norm / self.weights[name]
            for name, norm in self.norms.items()
            if norm and self.weights[name]
        }
        total = sum(self.weights[name] for name in pulls)
        scale = total / sum(1 / pull for pull in pulls.values()) if pulls else 0.0
        return {
            name: _rounded(scale / pulls[name]) if name in pulls else w for name, w in self.weights.items()
        }

    @property
    def sentence(self) -> str:
        """What is out of balance, for a person; empty where nothing is."""
        if not self.leader:
            return ""
        return (
            f"{self.leader!r} gets {percent(self.shares[self.leader])} of the gradient on the shared layers."
        )

    def towards(self, newer: Balance) -> Balance:
        """The mean of both: single batches differ much."""
        norms = {name: math.sqrt(norm * newer.norms[name]) for name, norm in self.norms.items()}
        return Balance(norms if self.weights == newer.weights else newer.norms, newer.weights)


class Scale:
    """Measures the balance on a batch, with the plan that training uses; nothing of the training is changed."""

    def __init__(self, session: Session, feeds: Mapping[str, Array]) -> None:
        self._session = session
        self.heads = [head.name for head in session.heads if head.loss is not None]
        self._spans, self._has_penalties = self._shared(feeds)

    @property
    def is_needed(self) -> bool:
        """Whether several outputs share weights."""
        return bool(self._spans)

    def measure(self, feeds: Mapping[str, Array], step: int, seed: int) -> Balance:
        """One training step for each output, with the weights of all other losses at zero; no weight is updated."""
        parameters = self._session.parameters
        moving = parameters.flat[parameters.trainable_size :]
        before = moving.copy()
        penalty: Array | float = self._gradient(feeds, "", step, seed) if self._has_penalties else 0.0
        norms = {}
        for name in self.heads:
            pull = self._gradient(feeds, name, step, seed) - penalty
            norms[name] = float(np.linalg.norm(pull))
        moving[...] = before
        return Balance(norms, dict(self._session.loss_weights))

    def _gradient(self, feeds: Mapping[str, Array], head: str, step: int, seed: int) -> Array:
        """On the shared weights, of one output's loss alone."""
        alone = dict(feeds)
        for name in self.heads:
            weight = self._session.loss_weights[name] if name == head else 0.0
            alone[f"loss_weight/{name}"] = np.asarray(weight, self._session.dtype)
        executor = self._session.executor("train", alone)
        executor.run(alone, step=step, seed=seed)
        return np.concatenate([executor.gradients[span] for span in self._spans])

    def _shared(self, feeds: Mapping[str, Array]) -> tuple[list[slice], bool]:
        """Where in the flat gradient the shared weights lie, and whether penalties pull on weights as well."""
        session = self._session
        specs = {name: TensorSpec(feeds[name].shape, spec.dtype) for name, spec in session.inputs.items()}
        lowered = lower(
            session.document, specs, training=True, dtype=session.dtype, analysis=session.analysis
        )
        used: Counter[str] = Counter()
        for name in self.heads:
            needed = {
                value for op in live_ops(lowered.program.ops, [lowered.outputs[name]]) for value in op.inputs
            }
            used.update(path for path, value in lowered.program.parameters.items() if value in needed)
        layout, trained = session.parameters.layout, session.parameters.trainable_paths
        return list(_spans(layout, [path for path in trained if used[path] > 1])), bool(
            lowered.program.losses
        )


def percent(share: float) -> str:
    """``38 %``; never all nor nothing where it is not."""
    if 0.0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1.0 else f"{share:.0%}".replace("%", " %")


def _spans(layout: Mapping[str, tuple[int, tuple[int, ...]]], paths: list[str]) -> Iterator[slice]:
    for path in paths:
        offset, shape = layout[path]
        yield slice(offset, offset + math.prod(shape))


def _rounded(weight: float) -> float:
    return float(f"{weight:.{_DIGITS}g}")
