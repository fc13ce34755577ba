"""Where a training begins, fresh weights or those that the project holds; and what changes nothing of its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from graph_engine.document import Choice
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import train_project


def test_training_goes_on_from_the_projects_weights_where_its_settings_say_so(tmp_path: Path) -> None:
    document = TEMPLATES["question-answering"].document()
    short = replace(document, training=replace(document.training, epochs=1))
    first = train_project(Project(short), tmp_path / "first").project
    still = replace(short.training, optimizer=Choice("Adam", {"learning_rate": 0.0}), seed=9)
    again = replace(first, document=replace(short, training=replace(still, from_weights=True)))
    kept = train_project(again, tmp_path / "kept").project
    for path, array in first.weights.items():
        np.testing.assert_array_equal(kept.weights[path], array)
    assert kept.states == first.states, "the words keep the numbers they were learned by"
    assert kept.optimizer["iterations/Adam"] == 2 * first.optimizer["iterations/Adam"]
    fresh = train_project(replace(again, document=replace(short, training=still)), tmp_path / "fresh").project
    assert any(not np.array_equal(fresh.weights[path], array) for path, array in first.weights.items())


def test_recomputed_activations_train_to_the_same_weights(tmp_path: Path) -> None:
    document = TEMPLATES["digits-residual"].document()
    plain = replace(document, training=replace(document.training, epochs=1))
    again = replace(plain, training=replace(plain.training, recompute_activations=True))
    ended = [
        train_project(Project(each), tmp_path / name).project
        for each, name in ((plain, "plain"), (again, "again"))
    ]
    for path, array in ended[0].weights.items():
        np.testing.assert_array_equal(ended[1].weights[path], array)
    assert ended[0].history == ended[1].history
