"""What training left behind besides tensors <-> JSON: preprocessing states, history, runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from graph_engine.document import decode, encode
from graph_engine.document.plain import (
    DecodeError,
    plain,
    plain_integer,
    plain_mapping,
    plain_number,
    plain_text,
)
from graph_engine.project.records import Origin, Project, RunRecord

_WORDS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}  # JSON has no word for them


def encode_training(project: Project) -> dict[str, Any]:
    return {
        "states": plain_mapping(project.states),
        "history": _encoded_history(project.history),
        "runs": [_encoded_run(run) for run in project.runs],
        "origin": {
            "weights": {path: list(names) for path, names in sorted(project.origin.weights.items())},
            "inputs": plain(project.origin.inputs),
            "outputs": plain(project.origin.outputs),
        },
    }


def decode_training(value: Any) -> dict[str, Any]:
    """The fields of a Project. Raises DecodeError with the place."""
    fields = plain_mapping(value)
    runs = fields.get("runs", [])
    if not isinstance(runs, list):
        raise DecodeError("expected a list", "runs")
    return {
        "states": _at("states", plain_mapping, fields.get("states", {})),
        "history": _at("history", _history, fields.get("history", {})),
        "runs": tuple(_at(f"runs[{index}]", _run, run) for index, run in enumerate(runs)),
        "origin": _at("origin", _origin, fields.get("origin", {})),
    }


def _origin(value: Any) -> Origin:
    fields = plain_mapping(value)
    names = _at("weights", plain_mapping, fields.get("weights", {}))
    weights = {path: _at(f"weights.{path}", _texts, found) for path, found in names.items()}
    return Origin(weights, plain(fields.get("inputs")), plain(fields.get("outputs")))


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise DecodeError("expected a list of paths")
    return tuple(plain_text(item) for item in value)


def _encoded_run(run: RunRecord) -> dict[str, Any]:
    """What says nothing is left out, so that files of earlier versions stay byte for byte what they were."""
    more: dict[str, Any] = {"seconds": run.seconds, "note": run.note, "starred": run.starred}
    if run.document is not None:
        more["document"] = encode(run.document)
    return {
        "name": run.name,
        "created": run.created,
        "seed": run.seed,
        "ending": run.ending,
        "history": _encoded_history(run.history),
        **{name: value for name, value in more.items() if value},
    }


def _run(value: Any) -> RunRecord:
    fields = plain_mapping(value)
    document = fields.get("document")
    return RunRecord(
        _at("name", plain_text, fields.get("name")),
        _at("created", plain_number, fields.get("created")),
        _at("seed", plain_integer, fields.get("seed")),
        _at("ending", plain_text, fields.get("ending")),
        _at("history", _history, fields.get("history")),
        _at("seconds", plain_number, fields.get("seconds", 0.0)),
        None if document is None else _at("document", decode, document),
        _at("note", plain_text, fields.get("note", "")),
        fields.get("starred") is True,
    )


def _history(value: Any) -> dict[str, list[float]]:
    return {name: _at(name, _numbers, values) for name, values in plain_mapping(value).items()}


def _numbers(value: Any) -> list[float]:
    if not isinstance(value, list):
        raise DecodeError("expected a list of numbers")
    return [_WORDS[item] if item in _WORDS else plain_number(item) for item in value]


def _encoded_history(history: Mapping[str, list[float]]) -> dict[str, Any]:
    return {name: [_spelled(float(value)) for value in values] for name, values in history.items()}


def _spelled(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _at(place: str, decoder: Any, value: Any) -> Any:
    try:
        return decoder(value)
    except DecodeError as error:
        raise error.inside(place) from None
