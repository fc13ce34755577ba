"""``compile``'s arguments as people write them -> one Objective per output. By name, never by position in a dict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from graph_engine.document import Choice, Objective
from graph_engine.params import Catalogue, Config
from graph_engine.training.heads import metric_name
from graph_engine.training.losses import LOSSES
from graph_engine.training.metrics import METRICS
from graph_engine.training.optimizers import OPTIMIZERS
from graph_engine.values import LayerloomError


def objectives(
    outputs: Sequence[str], loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any = None
) -> dict[str, Objective]:
    """Objectives by output name. ``loss``: one for all outputs, a list in their order, or a mapping by name.

    Raises LayerloomError naming what was expected and what was given.
    """
    _require_same_kind(loss, loss_weights)
    losses = _per_output(loss, outputs, "loss", spread=True, complete=True)
    weights = _per_output(loss_weights, outputs, "loss_weights")
    _require_weights(losses, weights, loss_weights)
    plain = _metrics_per_output(metrics, outputs, "metrics")
    weighted = _metrics_per_output(weighted_metrics, outputs, "weighted_metrics")
    return {
        name: Objective(
            None if losses[name] is None else choice_of(losses[name], LOSSES),
            1.0 if weights[name] is None else _number(weights[name], f"loss_weights of {name!r}"),
            (
                *(metric_choice(metric) for metric in plain[name]),
                *(_weighted(metric_choice(metric)) for metric in weighted[name]),
            ),
        )
        for name in outputs
    }


def optimizer_choice(optimizer: Any, learning_rate: float | None = None) -> Choice:
    chosen = choice_of(optimizer, OPTIMIZERS)
    if learning_rate is None:
        return chosen
    return Choice(chosen.type, {**chosen.config, "learning_rate": learning_rate})


def choice_of(given: Any, catalogue: Catalogue[Any]) -> Choice:
    """A name, an instance or a class of a catalogue, as the document records it."""
    if isinstance(given, Choice):
        catalogue.decode({"type": given.type, **given.config})
        return given
    if isinstance(given, str):
        catalogue.decode(given)  # raises with the names there are
        return Choice(given)
    if isinstance(given, type) and given.__name__ in catalogue:
        return Choice(given.__name__)
    if isinstance(given, Config) and type(given).__name__ in catalogue:
        return Choice(type(given).__name__, given.config())
    known = ", ".join(catalogue)
    raise LayerloomError(f"{given!r} is no {catalogue.kind}; pass one of {known}, by name or as an object")


def metric_choice(given: Any) -> Choice:
    """As ``choice_of``; a metric chosen by a name is called so in logs, as in Keras."""
    chosen = choice_of(given, METRICS)
    if isinstance(given, str) and metric_name(chosen) != given:
        return Choice(given, {"name": given})
    return chosen


def require_numbers(**given: int | None) -> None:
    """Counts: whole numbers of at least 1, epochs of at least 0; None where there is a default."""
    for name, value in given.items():
        least = 0 if name in ("epochs", "initial_epoch") else 1
        if value is None and least:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise LayerloomError(f"{name} is a whole number of at least {least}, got {value!r}")


def _weighted(choice: Choice) -> Choice:
    return replace(choice, config={**choice.config, "weighted": True})


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise LayerloomError(f"{what}: expected a finite number, got {value!r}")
    return float(value)


def _require_same_kind(loss: Any, weights: Any) -> None:
    """A list beside a mapping would have to be matched by position in the mapping: refused."""
    kinds = [
        "list" if isinstance(given, (list, tuple)) else "mapping" if isinstance(given, Mapping) else ""
        for given in (loss, weights)
    ]
    if all(kinds) and kinds[0] != kinds[1]:
        raise LayerloomError(
            f"loss is a {kinds[0]} but loss_weights a {kinds[1]}: give both by output name, or both in order"
        )


def _require_weights(losses: Mapping[str, Any], weights: Mapping[str, Any], given: Any) -> None:
    if given is None:
        return
    missing = [name for name, loss in losses.items() if loss is not None and weights[name] is None]
    if missing and isinstance(given, Mapping):
        names = ", ".join(repr(name) for name, loss in losses.items() if loss is not None)
        told = ", ".join(map(repr, given)) or "nothing"
        raise LayerloomError(f"loss_weights: expected one for each of {names}, got {told}")


def _per_output(
    given: Any, outputs: Sequence[str], what: str, *, spread: bool = False, complete: bool = False
) -> dict[str, Any]:
    """``given`` by output name, None where nothing was said."""
    if given is None:
        return dict.fromkeys(outputs)
    if isinstance(given, Mapping):
        _require_known(given, outputs, what)
        missing = [name for name in outputs if name not in given]
        if missing and complete:
            told = ", ".join(map(repr, given)) or "nothing"
            raise LayerloomError(
                f"{what}: expected {_names(outputs)}, got {told}: say None for an output that has none"
            )
        return {name: given.get(name) for name in outputs}
    if isinstance(given, (list, tuple)):
        if len(given) != len(outputs):
            raise LayerloomError(
                f"{what}: expected {len(outputs)}, one for each of {_names(outputs)}, got a list of {len(given)}"
            )
        return dict(zip(outputs, given, strict=True))
    if spread or len(outputs) == 1:
        return dict.fromkeys(outputs, given)
    raise LayerloomError(f"{what}: pass a list for the outputs {_names(outputs)}, or a mapping by name")


def _metrics_per_output(given: Any, outputs: Sequence[str], what: str) -> dict[str, list[Any]]:
    """A flat list belongs to the only output; with several outputs it holds one entry (or list) for each."""
    if given is not None and len(outputs) == 1 and not isinstance(given, Mapping):
        return {outputs[0]: _flat(given)}
    return {name: _flat(found) for name, found in _per_output(given, outputs, what).items()}


def _flat(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (list, tuple)):
        return [metric for item in given for metric in _flat(item)]
    return [given]


def _require_known(given: Mapping[str, Any], outputs: Sequence[str], what: str) -> None:
    unknown = [name for name in given if name not in outputs]
    if unknown:
        raise LayerloomError(f"{what}: there is no output {unknown[0]!r}; the outputs are {_names(outputs)}")


def _names(outputs: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in outputs)
