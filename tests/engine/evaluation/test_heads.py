"""Reports of trained heads of every kind: they must agree with what training itself logs."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graph_engine.data import DataError
from graph_engine.document import SetTraining
from graph_engine.evaluation import (
    Evaluation,
    Stopped,
    evaluate_project,
    samples_by,
    samples_in_cell,
    trainer_of,
    write_table,
)
from graph_engine.evaluation.asking import predict_sample
from graph_engine.layers import LSTM, Dense, Embedding
from graph_engine.model import Input, Model
from graph_engine.project import Project
from graph_engine.templates import TEMPLATES
from graph_engine.training import train_project
from graph_engine.values import LayerloomError


def trained(name: str, folder: Path, rows: int | None = None) -> Project:
    document = TEMPLATES[name].document()
    if rows:
        (source,) = document.data.sources.values()
        options = {"generator": {**source.options["generator"], "rows": rows}}
        data = replace(document.data, sources={source.id: replace(source, options=options)})
        document = replace(document, data=data)
    return train_project(Project(document), folder / name, epochs=1).project


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return trained("digits-residual", tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def evaluation(digits: Project) -> Evaluation:
    return evaluate_project(digits)


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return evaluate_project(trained("age-income-gender", tmp_path_factory.mktemp("runs"), 900))


def test_classes_agree_with_what_training_logs(digits: Project, evaluation: Evaluation) -> None:
    (head,) = evaluation.report().heads
    assert head.kind == "classes" and head.rows == head.entries == 359
    assert head.accuracy == pytest.approx(digits.history["val_accuracy"][-1])
    assert head.loss == pytest.approx(digits.history["val_loss"][-1], rel=1e-5)
    assert head.matrix is not None and head.matrix.sum() == 359
    assert [each.support for each in head.classes] == head.matrix.sum(axis=1).tolist()
    assert len(head.roc) == len(head.precision_recall) == 10


def test_three_heads_have_three_kinds_in_the_datas_own_terms(posts: Evaluation) -> None:
    report = posts.report(group="gender")
    assert {head.head: head.kind for head in report.heads} == {
        "age": "numbers",
        "income": "classes",
        "gender": "binary",
    }
    age, income, gender = report.heads
    assert age.residuals is not None
    in_years = report.logs["age_mean_absolute_error"] * 10  # the target was rescaled by 0.1
    assert age.residuals.mean_absolute_error == pytest.approx(in_years, rel=1e-4)
    assert age.loss == pytest.approx(report.logs["age_loss"], rel=1e-4)
    assert gender.accuracy == pytest.approx(report.logs["gender_accuracy"])
    assert gender.loss == pytest.approx(report.logs["gender_loss"], rel=1e-4)
    assert [curve.name for curve in gender.roc] == ["1"]
    assert sorted(group.name for group in income.groups) == ["0", "1"]
    assert sum(group.rows for group in income.groups) == income.rows
    assert report.as_json()["heads"][1]["matrix"] == income.matrix.tolist()  # type: ignore[union-attr]


def test_a_column_that_is_not_there_is_named(posts: Evaluation) -> None:
    with pytest.raises(DataError, match=r"no column 'gendre' to group by.*gender"):
        posts.report(group="gendre")


def test_samples_of_a_cell_are_those_that_were_counted_there(evaluation: Evaluation) -> None:
    (head,) = evaluation.report().heads
    assert head.matrix is not None
    true, predicted = map(int, np.unravel_index(head.matrix.argmax(), head.matrix.shape))
    found = samples_in_cell(evaluation, "digit", true, predicted, count=1000)
    assert len(found) == head.matrix[true, predicted]
    assert {(each.true, each.predicted) for each in found} == {(str(true), str(predicted))}
    sure = [each.confidence for each in found]
    assert sure == sorted(sure, reverse=True)
    labels = evaluation.data.tables["digits"]["label"]
    assert all(labels[each.row] == true for each in found)
    (image,) = found[0].inputs
    assert (image["kind"], image["height"], image["width"]) == ("image", 8, 8)


def test_the_surprising_are_wrong_and_the_surest_first(evaluation: Evaluation) -> None:
    found = samples_by(evaluation, "digit", "surprising", count=5)
    assert all(each.true != each.predicted for each in found)
    worst = samples_by(evaluation, "digit", "worst", count=5)
    assert [each.loss for each in worst] == sorted((each.loss for each in worst), reverse=True)


def test_texts_are_shown_as_they_were_written(posts: Evaluation) -> None:
    sample = samples_by(posts, "age", "worst", count=1)[0]
    assert sample.inputs[0]["text"] == str(posts.data.tables["posts"]["post"][sample.row])


def test_the_table_has_a_line_for_every_entry(evaluation: Evaluation, tmp_path: Path) -> None:
    assert write_table(evaluation, "digit", tmp_path / "table.csv") == 359
    with (tmp_path / "table.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 359
    right = sum(line["true"] == line["predicted"] for line in lines) / 359
    assert right == pytest.approx(evaluation.logs["accuracy"])
    assert sum(float(lines[0][f"score of {digit}"]) for digit in range(10)) == pytest.approx(1.0)


def test_a_row_given_by_hand_is_predicted_as_the_same_row_of_the_data(
    digits: Project, evaluation: Evaluation
) -> None:
    trainer = trainer_of(digits)
    sample = samples_by(evaluation, "digit", "worst", count=1)[0]
    data = evaluation.data
    (answer,) = predict_sample(
        digits.document, trainer, data.tables, data.pipelines, {"image": sample.inputs[0]}
    )
    place = int(np.flatnonzero(evaluation.rows == sample.row)[0])
    np.testing.assert_allclose(answer["scores"], evaluation.heads["digit"].scores[place], atol=0.02)


def test_another_file_of_the_same_columns(digits: Project, evaluation: Evaluation, tmp_path: Path) -> None:
    table = evaluation.data.tables["digits"]
    np.savez(tmp_path / "some.npz", image=table["image"][:50], label=table["label"][:50])
    found = evaluate_project(digits, rows=tmp_path / "some.npz")
    assert found.about == "all rows of some.npz" and len(found.rows) == 50


def test_an_evaluation_stops_when_it_is_told_to(digits: Project) -> None:
    def stop(done: int, total: int) -> None:
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        evaluate_project(digits, tell=stop)


def test_weights_of_another_drawing_are_refused_by_name(digits: Project) -> None:
    changed = SetTraining(epochs=3).apply(digits.document)
    assert trainer_of(replace(digits, document=changed.document))  # type: ignore[union-attr]  # no refusal
    weights = {path: array for path, array in digits.weights.items() if array.ndim != 4}
    with pytest.raises(LayerloomError, match="changed since it was trained: conv2d"):
        trainer_of(replace(digits, weights=weights))


def test_labels_and_missing_targets(tmp_path: Path) -> None:
    x = Input((3,), name="x")
    model = Model(x, Dense(2, activation="sigmoid", name="tags")(x))
    model.compile(loss="binary_crossentropy", metrics=["binary_accuracy"])
    rng = np.random.default_rng(0)
    rows, tags = rng.normal(size=(40, 3)), rng.integers(0, 2, (40, 2)).astype(float)
    tags[0] = np.nan
    (head,) = model.report(rows, tags).heads
    assert (head.kind, head.rows, head.matrix) == ("labels", 39, None)
    said = model.predict(rows)[1:] > 0.5
    assert head.accuracy == pytest.approx((said == tags[1:]).all(axis=1).mean())
    assert [each.support for each in head.classes] == tags[1:].sum(axis=0).tolist()


def test_every_pixel_of_a_mask_is_an_entry() -> None:
    x = Input((4, 4, 1), name="x")
    model = Model(x, Dense(1, activation="sigmoid", name="mask")(x))
    model.compile(loss="binary_crossentropy")
    rows = np.random.default_rng(0).normal(size=(6, 4, 4, 1))
    report = model.report(rows, (rows > 0).astype(float))
    (head,) = report.heads
    assert (head.kind, head.rows, head.entries) == ("binary", 6, 96)
    assert head.loss == pytest.approx(report.logs["loss"], rel=1e-4)


def test_rows_of_many_entries_are_told_by_how_many_are_right(tmp_path: Path) -> None:
    project = trained("u-net", tmp_path, 60)
    evaluation = evaluate_project(project)
    found = samples_by(evaluation, "mask", "worst", count=3)
    judged = evaluation.heads["mask"]
    means = np.bincount(judged.rows, judged.losses) / np.bincount(judged.rows)
    assert [each.loss for each in found] == pytest.approx(sorted(means, reverse=True)[:3])
    place = int(np.flatnonzero(evaluation.rows == found[0].row)[0])
    share = judged.right[judged.rows == place].mean()
    assert (found[0].true, found[0].predicted) == ("", f"{100 * share:.3g} % of 1,024 right")
    data = evaluation.data
    (answer,) = predict_sample(
        project.document, trainer_of(project), data.tables, data.pipelines, {"picture": found[0].inputs[0]}
    )
    assert (answer["image"]["height"], answer["image"]["width"]) == (32, 32)


def test_padded_steps_do_not_count() -> None:
    x = Input((6,), name="x", dtype="int32")
    read = LSTM(4, return_sequences=True)(Embedding(9, 3, mask_zero=True)(x))
    model = Model(x, Dense(3, activation="softmax", name="tag")(read))
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(0)
    rows, tags = rng.integers(1, 9, (10, 6)), rng.integers(0, 3, (10, 6))
    rows[:, :2] = 0
    report = model.report(rows, tags)
    (head,) = report.heads
    assert (head.rows, head.entries) == (10, 40)
    assert head.accuracy == pytest.approx(report.logs["accuracy"])
    assert head.loss == pytest.approx(report.logs["loss"], rel=1e-4)


def test_grey_values_under_a_binary_loss_are_numbers() -> None:
    x = Input((5,), name="x")
    model = Model(x, Dense(5, activation="sigmoid", name="copy")(x))
    model.compile(loss="binary_crossentropy")
    rows = np.random.default_rng(0).uniform(size=(8, 5))
    (head,) = model.report(rows, rows).heads
    assert head.kind == "numbers" and head.entries == 40
