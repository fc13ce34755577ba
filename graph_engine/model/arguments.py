"""``compile``'s arguments as people write them -> one Objective per output. By name, never by position in a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph_engine.document import Choice, Objective
from graph_engine.params import Catalogue, Config
from graph_engine.training import LOSSES, METRICS, OPTIMIZERS
from graph_engine.values import LayerloomError


def objectives(outputs: Sequence[str], loss: Any, loss_weights: Any, metrics: Any) -> dict[str, Objective]:
    """Objectives by output name. ``loss``: one for all outputs, a list in their order, or a mapping by name.

    Raises LayerloomError naming what was expected and what was given.
    """
    losses = _per_output(loss, outputs, "loss", spread=True)
    weights = _per_output(loss_weights, outputs, "loss_weights")
    measured = _metrics_per_output(metrics, outputs)
    return {
        name: Objective(
            None if losses[name] is None else choice_of(losses[name], LOSSES),
            1.0 if weights[name] is None else float(weights[name]),
            tuple(choice_of(metric, METRICS) for metric in measured[name]),
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


def _per_output(given: Any, outputs: Sequence[str], what: str, *, spread: bool = False) -> dict[str, Any]:
    """``given`` by output name, None where nothing was said."""
    if given is None:
        return dict.fromkeys(outputs)
    if isinstance(given, Mapping):
        _require_known(given, outputs, what)
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


def _metrics_per_output(given: Any, outputs: Sequence[str]) -> dict[str, list[Any]]:
    """A flat list belongs to the only output; with several outputs it holds one entry (or list) for each."""
    if given is not None and len(outputs) == 1 and not isinstance(given, Mapping):
        return {outputs[0]: _flat(given)}
    return {name: _flat(found) for name, found in _per_output(given, outputs, "metrics").items()}


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
