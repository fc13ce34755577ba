"""Write a project as a ``.keras`` file that Keras loads: the model, its weights, its training and optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from graph_engine.analysis import Analysis, analyze
from graph_engine.compiler import require_sound, weight_table
from graph_engine.document import MAIN, Document, wiring
from graph_engine.interchange.keras.archive import write_archive
from graph_engine.interchange.keras.compiling import compile_config
from graph_engine.interchange.keras.configs import configured
from graph_engine.interchange.keras.errors import KerasError
from graph_engine.interchange.keras.graphs import Placed
from graph_engine.interchange.keras.optimizer import stored_optimizer
from graph_engine.interchange.keras.order import flattened
from graph_engine.interchange.keras.places import LAYERS_GROUP, VARIABLES, Place, groups, places
from graph_engine.interchange.keras.store import written
from graph_engine.project import Project
from graph_engine.runtime import Parameters
from graph_engine.training.optimizers import OptimizerState
from graph_engine.training.trainer import optimizer_of


def write(path: Path, project: Project) -> None:
    """Replace ``path`` in one step. Raises KerasError, before anything is written, naming what has no form in Keras.

    Weights that the project does not hold start as they would in training.
    """
    document = project.document
    analysis = analyze(document)
    require_sound(document, analysis, MAIN)
    inputs, outputs = structures(project)
    found = configured(document, analysis, inputs, outputs)
    standing = places(document, analysis, found.placed)
    parameters = _parameters(document, analysis, project)
    arrays = {place.file: parameters[place.path] for place in standing}
    config = dict(found.config)
    if settings := compile_config(document, outputs):
        config["compile_config"] = settings
        arrays |= stored_optimizer(_optimizer(project, parameters), standing)
    write_archive(path, config, written(arrays, dict(_names(found.placed, ""))))


def structures(project: Project) -> tuple[Any, Any]:
    """The nesting of inputs and outputs as it came from another program, while it still fits; else a flat one."""
    main, origin = project.document.main, project.origin
    inputs = origin.inputs if _fits(origin.inputs, main.inputs) else _plain(main.inputs)
    outputs = origin.outputs if _fits(origin.outputs, main.outputs) else _named(project.document)
    return inputs, outputs


def _fits(structure: Any, nodes: Sequence[str]) -> bool:
    return structure is not None and sorted(map(str, flattened(structure))) == sorted(nodes)


def _plain(nodes: Sequence[str]) -> Any:
    return nodes[0] if len(nodes) == 1 else list(nodes)


def _named(document: Document) -> Any:
    """Several outputs by name, unless they are called as the layers that compute them, as Keras would."""
    main = document.main
    names = {node: document.layer_of(MAIN, node).name for node in main.outputs}
    sources = {node: wiring(main).incoming(node)["input"].source.node for node in main.outputs}
    if all(document.layer_of(MAIN, sources[node]).name == name for node, name in names.items()):
        return _plain(main.outputs)
    return _plain(main.outputs) if len(names) == 1 else {name: node for node, name in names.items()}


def _parameters(document: Document, analysis: Analysis, project: Project) -> Parameters:
    parameters = Parameters(weight_table(document, analysis)).initialize(document.training.seed)
    parameters.load(project.weights)
    return parameters


def _optimizer(project: Project, parameters: Parameters) -> OptimizerState:
    """As the project keeps it; before its first step where there is none."""
    state = OptimizerState(optimizer_of(project.document), parameters)
    state.take(project.optimizer)
    return state


def _names(placed: Sequence[Placed], prefix: str) -> Iterator[tuple[str, str]]:
    for each, group in groups(placed):
        below = f"{prefix}{LAYERS_GROUP}/{group}"
        yield f"{below}/{VARIABLES}", each.saved.name
        if each.inner is not None:
            yield from _names(each.inner, f"{below}/")


__all__ = ["KerasError", "Place", "structures", "write"]
