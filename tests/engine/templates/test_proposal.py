"""A model proposed for a table trains on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graph_engine.analysis import analyze
from graph_engine.data import DataError, profiles, read_source
from graph_engine.document import Adopt, Document, Edit, Source
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.templates.proposal import proposed
from graph_engine.training import train_project
from tests.engine.data.messy import messy


@pytest.mark.parametrize(
    ("targets", "metric"), [(["Güte"], "val_accuracy"), (["Gewicht", "Güte"], "val_güte_accuracy")]
)
def test_a_messy_table_trains(targets: list[str], metric: str, tmp_path: Path) -> None:
    source = messy(tmp_path)
    document = proposed(source, profiles(read_source(source, tmp_path)), targets)
    assert analyze(document).problems == ()
    fed = {
        document.layer_of("main", node).name: document.data.bindings[node] for node in document.main.inputs
    }
    assert "numbers" in fed and "Nr" not in fed["numbers"].columns
    assert [step.type for step in fed["gekauft_am"].steps] == ["DateParts", "Standardize"]
    assert [step.type for step in fed["bemerkung"].steps] == ["WordIds"]
    outcome = train_project(Project(document), tmp_path / "run", folder=tmp_path, epochs=10)
    assert outcome.project.history[metric][-1] > 0.6


def test_pictures_series_and_vectors_have_layers_of_their_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 3, 60)
    light = rng.integers(0, 40, (60, 16, 16, 1)) + 60 * kinds[:, None, None, None]
    columns = {
        "picture": light.astype(np.uint8),
        "series": rng.normal(size=(60, 5, 2)),
        "vector": rng.normal(size=(60, 4)),
    }
    np.savez(tmp_path / "a.npz", kind=kinds, **columns)  # type: ignore[arg-type]  # arrays by name
    source = Source("a", "npz", "a.npz")
    document = proposed(source, profiles(read_source(source, tmp_path)), ["kind"])
    kinds_of_layers = {layer.type for layer in document.layers.values()}
    assert {"Conv2D", "LSTM", "Dense", "Concatenate"} <= kinds_of_layers
    history = train_project(Project(document), tmp_path / "run", folder=tmp_path, epochs=12).project.history
    assert history["accuracy"][-1] > 0.6


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ([], "choose the column"),
        (["Bemerkung"], "'Bemerkung' cannot be foretold: its rows hold a text each"),
        (["Größe"], "rows lack 'Größe', which is to be foretold"),
    ],
)
def test_what_cannot_be_foretold_is_named(targets: list[str], sentence: str, tmp_path: Path) -> None:
    source = messy(tmp_path)
    with pytest.raises(DataError, match=sentence):
        proposed(source, profiles(read_source(source, tmp_path)), targets)


def test_a_proposal_is_brought_into_a_project_in_one_step(tmp_path: Path) -> None:
    source = messy(tmp_path)
    proposal = proposed(source, profiles(read_source(source, tmp_path)), ["Güte"])
    edit = Adopt(proposal).apply(Document())
    assert isinstance(edit, Edit)
    assert analyze(edit.document).problems == ()
    assert edit.document.data.sources == proposal.data.sources
    assert edit.document.training.epochs == proposal.training.epochs
    assert edit.document.data.split == proposal.data.split
    again = Adopt(proposal).apply(edit.document)
    assert isinstance(again, Edit) and len(again.document.data.sources) == 1
    assert len(again.document.data.bindings) == 2 * len(proposal.data.bindings)


def test_a_project_that_trains_keeps_its_own_settings(tmp_path: Path) -> None:
    source = messy(tmp_path)
    proposal = proposed(source, profiles(read_source(source, tmp_path)), ["Güte"])
    diamonds = TEMPLATES["diamonds-two-in-two-out"].document()
    edit = Adopt(replace(proposal, training=replace(proposal.training, epochs=99))).apply(diamonds)
    assert isinstance(edit, Edit)
    assert edit.document.training.epochs == diamonds.training.epochs
    assert set(edit.document.data.sources) == {"diamonds", "t"}
