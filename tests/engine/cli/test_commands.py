"""The commands, as a person or a script calls them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from graph_engine.cli.main import COMMANDS, main
from graph_engine.document import Edit, InsertOnEdge
from graph_engine.project import Project, load, save
from graph_engine.resources import resource


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "digits.loom"
    assert main(["new", "digits-residual", "-o", str(file)]) == 0
    return file


def test_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert COMMANDS[name].help.split(";")[0][:40] in " ".join(capsys.readouterr().out.split())


def test_templates_are_listed_and_never_overwrite(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "--json"]) == 0
    names = [template["name"] for template in json.loads(capsys.readouterr().out)]
    assert {"digits-residual", "diamonds-two-in-two-out"} <= set(names)
    assert main(["new", names[0], "-o", str(project)]) == 2
    assert "exists" in capsys.readouterr().err


def test_check_exits_with_1_when_there_are_errors(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(project)]) == 0
    text = project.with_suffix(".loom.json")
    document = load(project).document
    save(text, Project(document))
    text.write_text(text.read_text().replace('"filters": 64', '"filters": 63', 1))
    capsys.readouterr()
    assert main(["check", str(text), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)
    assert any("63" in problem["message"] and "64" in problem["message"] for problem in problems)
    assert any(problem["fixes"] for problem in problems)


def test_info_counts_what_the_model_has(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(project)]) == 0
    assert "31,210 parameters, 31,018 trainable" in capsys.readouterr().out


def test_info_lists_the_steps_of_the_plan_and_what_runs_natively(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_EXECUTOR", "native")
    assert main(["info", str(project), "--plan", "--batch", "4"]) == 0
    out = capsys.readouterr().out
    assert "fused_conv" in out and "4×8×8×32" in out and "steps to train run natively" in out
    assert re.search(r"training takes .* of memory: weights 125 KB, .*; .* with recomputed activations", out)
    monkeypatch.setenv("LAYERLOOM_EXECUTOR", "reference")
    assert main(["info", str(project), "--plan"]) == 0
    out = capsys.readouterr().out
    assert "fused_conv" not in out and " 0 of " in f" {out.splitlines()[-2]}"


def test_train_says_what_broke_and_keeps_the_weights_from_before(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The logarithm of pictures, which have black pixels."""
    document = load(project).document
    first = next(edge for edge in document.main.edges.values() if edge.source.node in document.main.inputs)
    broken = InsertOnEdge("main", first.id, "LogOp", input_port="x").apply(document)
    assert isinstance(broken, Edit)
    save(project, Project(broken.document))
    assert main(["train", str(project), "--epochs", "1", "--run", str(tmp_path / "run")]) == 0
    said = capsys.readouterr().err
    assert "'log_op' takes the logarithm of zero in batch 1 of epoch 1" in said
    assert "Keep what goes in above zero: clip it, or add a small number; the run is in" in said
    assert all(np.isfinite(weight).all() for weight in load(project).weights.values())


def test_train_evaluate_and_predict(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    train = ["train", str(project), "--epochs", "2", "--run", str(run), "--set", "batch_size=64", "--json"]
    assert main(train) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["epoch"] for event in events if event["event"] == "epoch_end"] == [0, 1]
    last = [event["logs"] for event in events if event["event"] == "epoch_end"][-1]
    trained = load(project)
    assert {name: values[-1] for name, values in trained.history.items()} == last
    assert [record.name for record in trained.runs] == ["run"]
    assert trained.document.training.batch_size == 64, "the project says how its weights were made"

    assert main(["evaluate", str(project), "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)
    assert evaluated["loss"] == pytest.approx(last["val_loss"], rel=1e-5)

    images = np.load(resource("data", "digits.npz"))["image"][:7]
    np.savez(tmp_path / "x.npz", image=images)
    assert (
        main(["predict", str(project), "--inputs", str(tmp_path / "x.npz"), "-o", str(tmp_path / "y.npz")])
        == 0
    )
    found = np.load(tmp_path / "y.npz")["digit"]
    assert found.shape == (7, 10)
    np.testing.assert_allclose(found.sum(1), 1.0, rtol=1e-5)


def test_ctrl_c_stops_within_a_batch_keeps_the_run_and_exits_130(project: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "graph_engine",
        "train",
        str(project),
        "--epochs",
        "5000",
        "--run",
        str(run),
    ]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "batches":
                break
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        events = [json.loads(line) for line in process.stdout]
    assert process.returncode == 130
    assert time.monotonic() - began < 10
    assert events[-1]["event"] == "train_end" and events[-1]["reason"] == "stopped"
    assert load(project).weights, "what was learned is kept"


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("epochs", "expected KEY=VALUE"),
        ("epochs=many", "whole number"),
        ("pochs=3", "no such setting"),
        ("recompute_activations=1", "true or false"),
        ("optimizer=Adamm", "Adamm"),
        ("optimizer.rate=1", "rate"),
        ("conv2d.filters=-1", "filters"),
        ("nobody.filters=3", "no layer 'nobody'"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(
    project: Path, assignment: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(project), "--set", assignment]) == 2
    assert words in capsys.readouterr().err


def test_what_is_no_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.loom").write_bytes(b"hello")
    assert main(["info", str(tmp_path / "x.loom")]) == 2
    assert "x.loom" in capsys.readouterr().err
    assert main(["predict", str(tmp_path / "none.loom"), "--inputs", "x", "-o", "y"]) == 2


def test_evaluate_prints_a_table_and_writes_the_whole_report(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(project), "--epochs", "1", "--run", str(tmp_path / "run"), "--json"]) == 0
    capsys.readouterr()
    report = tmp_path / "report.json"
    assert main(["evaluate", str(project), "--group", "label", "--report", str(report)]) == 0
    out = capsys.readouterr().out
    assert "on 359 validation rows" in out and "digit (one of several, 359 entries" in out
    assert "precision" in out and "true 9" in out
    (head,) = json.loads(report.read_text())["heads"]
    assert sum(map(sum, head["matrix"])) == 359 and len(head["groups"]) == 10
    assert main(["evaluate", str(project), "--rows", str(tmp_path / "none.npz")]) == 2
    assert "none.npz" in capsys.readouterr().err
