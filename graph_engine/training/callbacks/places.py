"""Where callbacks may write, and how they name files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from graph_engine.params import ParamError

if TYPE_CHECKING:
    from graph_engine.training.trainer import Trainer

_FIELD = re.compile(r"\{(\w+)(:[^{}]*)?\}")


def output_path(trainer: Trainer | None, name: str) -> Path:
    """The file a callback writes. With a run directory it lies inside it: projects write nowhere else."""
    directory = trainer.directory if trainer is not None else None
    if directory is None:
        return Path(name)
    absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if absolute or not name or ".." in re.split(r"[/\\]", name):
        raise ParamError(f"{name!r} lies outside the run's directory: give a name relative to it")
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def fill_in(template: str, values: Mapping[str, Any]) -> str:
    """``{epoch:02d}`` and ``{val_loss:.2f}`` replaced. Only plain names: the text may be a stranger's."""

    def replace(match: re.Match[str]) -> str:
        name, form = match.group(1), (match.group(2) or ":")[1:]
        if name not in values:
            known = ", ".join(values)
            raise ParamError(f"{template!r} names {name!r}, which is not logged; there are {known}")
        try:
            return format(values[name], form)
        except ValueError:
            raise ParamError(f"{template!r}: {values[name]!r} cannot be written as {form!r}") from None

    return _FIELD.sub(replace, template)
