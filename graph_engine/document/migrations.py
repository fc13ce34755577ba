"""Older versions of the file format, brought up to date one version at a time.

To change the format: raise ``codec.VERSION`` and add the step from the version before to ``STEPS``. A step
gets and returns plain JSON values, so that it goes on working when the records have moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graph_engine.document.plain import DecodeError

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _calls_may_insist_on_training(fields: dict[str, Any]) -> dict[str, Any]:
    """Nodes have ``training``, whose default is what all nodes did before."""
    return fields


def _training_may_go_on(fields: dict[str, Any]) -> dict[str, Any]:
    """Training has ``from_weights``, the split ``source`` and ``column``; their defaults are what was before."""
    return fields


def _training_may_recompute(fields: dict[str, Any]) -> dict[str, Any]:
    """Training has ``recompute_activations``, whose default is what was before."""
    return fields


# version -> the step to the next one; version 1 is the first
STEPS: Mapping[int, Step] = {
    1: _calls_may_insist_on_training,
    2: _training_may_go_on,
    3: _training_may_recompute,
}


def migrate(value: Any, kind: str, version: int, steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """The fields of a file of the given kind, as ``version`` has them. Raises DecodeError."""
    if not isinstance(value, dict) or value.get("format") != kind:
        raise DecodeError(f'this is no {kind} file: it lacks "format": "{kind}"')
    found = value.get("version")
    if isinstance(found, bool) or not isinstance(found, int):
        raise DecodeError("expected a whole number", "version")
    if found > version:
        raise DecodeError(
            f"the file was written by a newer Layerloom (format {str(found)[:20]}, "
            f"this one reads up to {version}); update Layerloom to open it",
            "version",
        )
    fields = {name: item for name, item in value.items() if name not in ("format", "version")}
    for step in range(found, version):
        if step not in steps:
            raise DecodeError(f"format {found} is not known", "version")
        fields = _stepped(steps[step], fields, step)
    return fields


def _stepped(step: Step, fields: dict[str, Any], version: int) -> dict[str, Any]:
    """A step trusts what it is given; where a damaged file lacks it, that is the file's error, not ours."""
    try:
        return step(fields)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise DecodeError(f"cannot be brought from format {version} to {version + 1} ({error!r})") from error
