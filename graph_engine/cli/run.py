"""Commands that run projects: train, evaluate, predict, and the processes that serve a window."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

from graph_engine.cli.arguments import file_argument
from graph_engine.cli.assign import assigned
from graph_engine.cli.reports import printed
from graph_engine.data import named_arrays, restore_pipelines
from graph_engine.evaluation import RowsOf, evaluate_project
from graph_engine.model import Model
from graph_engine.project import Project, load, save
from graph_engine.project.files import write_atomic
from graph_engine.training import Callback, Control, EventWriter, ProgressBar, train_project
from graph_engine.values import LayerloomError

INTERRUPTED = 130  # as shells report Ctrl-C


def train_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help="how many epochs, instead of the project's")
    parser.add_argument(
        "--run", type=Path, metavar="DIR", help="the run's directory; FILE.runs/TIME by default"
    )
    parser.add_argument("--resume", action="store_true", help="continue the run in --run where it stopped")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a setting, such as seed=1; from_weights=true trains on from FILE's weights",
    )
    parser.add_argument("--json", action="store_true", help="one event per line instead of a progress bar")


def train(options: Namespace) -> int:
    """Weights, history and what --set changed go back into FILE; beside a .loom.json a .loom is written."""
    project = load(options.file)
    document = assigned(project.document, options.set)
    directory = options.run or _run_directory(options.file)
    control = Control()
    shown: Callback = EventWriter(_print_line) if options.json else ProgressBar()
    with control.on_interrupt():
        outcome = train_project(
            replace(project, document=document),
            directory,
            folder=options.file.parent,
            epochs=options.epochs,
            callbacks=[shown],
            control=control,
            resume=options.resume,
        )
    _keep(options.file, outcome.project)
    print(f"{outcome.reason.removesuffix('.')}; the run is in {directory}", file=sys.stderr)
    return INTERRUPTED if outcome.interrupted else 0


def evaluate_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument(
        "--rows",
        default="validation",
        metavar="PART",
        help="validation, training, or a file of the same columns",
    )
    parser.add_argument("--group", default="", metavar="COLUMN", help="also the error of each group of rows")
    parser.add_argument("--report", type=Path, metavar="OUT.json", help="write all there is to say, as JSON")
    parser.add_argument("--json", action="store_true", help="losses and metrics alone, as JSON")


def evaluate(options: Namespace) -> int:
    """On the rows that training does not see; on all rows where nothing is held back."""
    rows = options.rows if options.rows in get_args(RowsOf) else Path(options.rows)
    found = evaluate_project(_trained(options.file), options.file.parent, rows)
    report = found.report(options.group)
    if options.report:
        write_atomic(options.report, json.dumps(report.as_json(), indent=1).encode())
    print(json.dumps(dict(report.logs)) if options.json else printed(report))
    return 0


def predict_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--inputs", required=True, type=Path, metavar="X.npz", help="arrays by input name")
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="Y.npz", help="outputs by name")
    parser.add_argument("--raw", action="store_true", help="inputs are ready for the model: no preprocessing")


def predict(options: Namespace) -> int:
    """Inputs pass the project's preprocessing, as it was fitted in training, unless --raw is given."""
    project = _trained(options.file)
    model = Model.from_document(project.document, project.weights)
    arrays = named_arrays(_arrays(options.inputs), model.input_names, "input")
    if not options.raw:
        pipelines = restore_pipelines(project.document, project.states)
        arrays = {
            name: pipelines[name].apply(array) if name in pipelines else array
            for name, array in arrays.items()
        }
    found = model.trainer.predict(arrays)
    with options.out.open("wb") as file:
        np.savez(file, **found)  # type: ignore[arg-type]  # arrays by name, not its allow_pickle
    shapes = ", ".join(f"{name} {array.shape}" for name, array in found.items())
    print(f"wrote {options.out}: {shapes}")
    return 0


def worker_arguments(parser: ArgumentParser) -> None:
    """Everything is said over standard input, or in the directory of a run that needs no window."""
    parser.add_argument("--run", type=Path, help="go on with the run in this directory, and end with it")


def worker(options: Namespace) -> int:
    from graph_engine.worker import main  # lowers its priority and limits threads as it starts

    return main(options.run)


def evaluator_arguments(parser: ArgumentParser) -> None:
    """None: everything is said over standard input."""


def evaluator(options: Namespace) -> int:
    from graph_engine.evaluator import main  # as the worker

    return main()


def _run_directory(file: Path) -> Path:
    return file.parent / f"{file.name.removesuffix('.json')}.runs" / time.strftime("%Y%m%d-%H%M%S")


def _keep(file: Path, project: Project) -> None:
    if file.suffix == ".json":
        save(file.with_suffix(""), project)
    else:
        save(file, project)


def _trained(file: Path) -> Project:
    project = load(file)
    if not project.weights:
        raise LayerloomError(f"{file} holds no trained weights: train it first with `layerloom train {file}`")
    return project


def _arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, AttributeError) as error:
        raise LayerloomError(f"{path} is no .npz file of arrays that can be read: {error}") from None


def _print_line(line: str) -> None:
    print(line, flush=True)
