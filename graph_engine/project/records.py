"""What a project file holds besides the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.document import Document

Array = npt.NDArray[np.generic]
History = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A training as the project remembers it. ``created``: seconds since 1970; ``seconds``: how long it took.

    ``document``: the drawing and the settings it was trained with, None in files of earlier versions. ``note`` and
    ``starred`` are a person's.
    """

    name: str
    created: float
    seed: int
    ending: str
    history: History
    seconds: float = 0.0
    document: Document | None = None
    note: str = ""
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """What the file that a project was imported from called things.

    ``weights``: the paths a weight had there, by its path here. ``inputs`` and ``outputs``: how the model was
    given them, as node ids in lists and mappings; None where it has no such structure.
    """

    weights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: Any = None
    outputs: Any = None


@dataclass(frozen=True, slots=True)
class Project:
    """A document with what training made of it.

    ``weights`` by path; ``optimizer``: slots by path and the count of batches (``training.optimizers.kept_state``);
    ``states``: what preprocessing steps learned, JSON by the name of an Input or Output; ``history``: values per
    epoch of the training the weights come from.
    """

    document: Document
    weights: Mapping[str, Array] = field(default_factory=dict)
    optimizer: Mapping[str, Array] = field(default_factory=dict)
    states: Mapping[str, Any] = field(default_factory=dict)
    history: History = field(default_factory=dict)
    runs: tuple[RunRecord, ...] = ()
    origin: Origin = field(default_factory=Origin)
