"""Files a model can be opened from: projects, and what other programs save. Which one a path is says its ending."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

from graph_engine.project import Project, load, save

KERAS: Final = ".keras"


def load_project(path: Path) -> Project:
    """What is not as it was in another program's file is said as warnings."""
    if path.suffix != KERAS:
        return load(path)
    from graph_engine.interchange import keras  # most never open one

    imported = keras.read(path)
    for remark in imported.remarks:
        warnings.warn(f"{path.name}: {remark}", stacklevel=3)
    return imported.project


def save_project(path: Path, project: Project) -> None:
    """Written in one step. A layer that the other program does not have is refused by name, and nothing written."""
    if path.suffix != KERAS:
        save(path, project)
        return
    from graph_engine.interchange import keras

    keras.write(path, project)
