"""What a training was set to, as names and values, and where trainings differ. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_engine.document import Choice, Document


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the comparison: a value for each run, empty where a run has no such thing."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def compared(documents: Sequence[Document | None]) -> list[Setting]:
    """All settings of all runs: those that differ first, each in its own order."""
    told = [settings_of(document) if document is not None else {} for document in documents]
    names = dict.fromkeys(name for settings in told for name in settings)
    rows = [Setting(name, tuple(settings.get(name, "") for settings in told)) for name in names]
    return sorted(rows, key=lambda row: not row.differs)


def settings_of(document: Document) -> dict[str, str]:
    """Training, losses, data, then each layer's parameters, by name."""
    training, split = document.training, document.data.split
    found: dict[str, Any] = {
        "epochs": training.epochs,
        "batch size": training.batch_size,
        "seed": training.seed,
        "recompute activations": training.recompute_activations,
        **_choice("optimizer", training.optimizer),
    }
    for node, objective in training.objectives.items():
        name = document.layer_of(document.main.id, node).name
        if objective.loss is not None:
            found |= _choice(f"loss of {name}", objective.loss)
            found[f"weight of {name}"] = objective.weight
    for number, callback in enumerate(training.callbacks, 1):
        found |= _choice(f"callback {number}", callback)
    found |= {"split": split.kind, "held back": split.validation, "split seed": split.seed}
    for layer in document.layers.values():
        found[layer.name] = layer.type
        found |= {f"{layer.name} {key}": value for key, value in layer.config.items()}
        if not layer.trainable:
            found[f"{layer.name} trainable"] = False
    return {name: _text(value) for name, value in found.items()}


def _choice(name: str, choice: Choice) -> dict[str, Any]:
    return {name: choice.type, **{f"{name} {key}": value for key, value in choice.config.items()}}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        named = [f"{key} {_text(part)}" for key, part in value.items() if key != "type"]
        return ", ".join([*([str(value["type"])] if "type" in value else []), *named])
    if isinstance(value, (list, tuple)):
        return " x ".join(map(_text, value))
    return "none" if value is None else str(value)
