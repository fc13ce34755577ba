"""Commands that read and write other programs' files: import, export."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from graph_engine.analysis import analyze
from graph_engine.document import MAIN, Document
from graph_engine.project import load, save
from graph_engine.values import LayerloomError


def import_file_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="M.keras", help="a model that Keras saved")
    parser.add_argument(
        "-o", "--out", required=True, type=Path, metavar="FILE", help="the .loom file to write"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def import_file(options: Namespace) -> int:
    """Writes the project also where layers are not known: they are kept as they are, and told. The exit code is
    then 1, as that of ``check``."""
    from graph_engine.interchange import keras

    if options.out.exists() and not options.force:
        raise LayerloomError(f"{options.out} exists; choose another name or say --force")
    imported = keras.read(options.file)
    save(options.out, imported.project)
    for remark in imported.remarks:
        print(f"note: {remark}", file=sys.stderr)
    errors = analyze(imported.project.document).errors
    for problem in errors:
        print(f"error: {problem.message}", file=sys.stderr)
    print(f"wrote {options.out}")
    return 1 if errors else 0


def export_file_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .loom project")
    parser.add_argument("--to", choices=("keras",), default="keras", help="the program that is to read it")
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="M.keras", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def export_file(options: Namespace) -> int:
    """The drawing, its weights and its training. What the other program lacks is refused by name."""
    from graph_engine.interchange import keras

    if options.out.exists() and not options.force:
        raise LayerloomError(f"{options.out} exists; choose another name or say --force")
    project = load(options.file)
    keras.write(options.out, project)
    print(f"wrote {options.out}")
    for terminal, steps in _steps_of(project.document).items():
        print(
            f"{terminal}: {options.to} does not do these steps of the data, do them before: {', '.join(steps)}"
        )
    return 0


def _steps_of(document: Document) -> dict[str, list[str]]:
    """By name of an Input or Output what its column goes through before the model."""
    return {
        document.layer_of(MAIN, node).name: [step.type for step in binding.steps]
        for node, binding in document.data.bindings.items()
        if binding.steps
    }
