"""Commands on data and training."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from graph_engine.document.commands.base import DraftCommand
from graph_engine.document.draft import Draft, Refused
from graph_engine.document.edits import calls
from graph_engine.document.plain import DecodeError, is_id
from graph_engine.document.records import (
    Binding,
    Choice,
    Data,
    Objective,
    Source,
    Split,
    Training,
)
from graph_engine.document.schema import decode_record, encode_record
from graph_engine.document.settings import objective_faults, split_faults, training_faults

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SetObjective(DraftCommand):
    """What an output of the main graph is trained for; None for nothing."""

    output: str
    objective: Objective | None

    @property
    def label(self) -> str:
        return "Change objective"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        if self.output not in draft.original.main.outputs:
            raise Refused("Objectives belong to outputs of the main model.")
        objectives = {key: goal for key, goal in draft.training.objectives.items() if key != self.output}
        if self.objective is not None:
            _refuse(objective_faults(self.objective, "objective"))
            objectives[self.output] = _kept(self.objective)
        draft.training = replace(draft.training, objectives=objectives)
        return ()


@dataclass(frozen=True, slots=True)
class SetTraining(DraftCommand):
    """How to train; None leaves a field."""

    optimizer: Choice | None = None
    callbacks: tuple[Choice, ...] | None = None
    epochs: int | None = None
    batch_size: int | None = None
    seed: int | None = None
    from_weights: bool | None = None
    recompute_activations: bool | None = None

    @property
    def label(self) -> str:
        return "Change " + ", ".join(name.replace("_", " ") for name in self._given())

    @property
    def merge_key(self) -> Hashable | None:
        return ("training", tuple(self._given()))

    def _given(self) -> dict[str, Any]:
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}

    def edit(self, draft: Draft) -> tuple[str, ...]:
        training: Training = replace(draft.training, **self._given())
        _refuse(training_faults(training))
        draft.training = _kept(training)
        return ()


@dataclass(frozen=True, slots=True)
class SetSource(DraftCommand):
    """A data source, new or changed, by its id; an empty id asks for a new one."""

    source: Source

    @property
    def label(self) -> str:
        return "Change data source"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        source = _kept(self.source)
        if not source.id:
            source = replace(source, id=draft.fresh("s"))
        known = source.id in draft.data.sources
        if not known and not _is_free_id(draft, source.id):
            raise Refused(f"{source.id!r} cannot be the id of a data source.")
        draft.data = replace(draft.data, sources={**draft.data.sources, source.id: source})
        return () if known else (source.id,)


def _is_free_id(draft: Draft, text: str) -> bool:
    """Ids that count on are left to the document, which would otherwise give them out once more."""
    counted = text[:1].islower() and text[1:].isdecimal()
    return is_id(text) and (not counted or int(text[1:]) < draft.next_id)


@dataclass(frozen=True, slots=True)
class RemoveSource(DraftCommand):
    """A data source and the bindings to it."""

    source: str

    @property
    def label(self) -> str:
        return "Remove data source"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        data = draft.data
        if self.source not in data.sources:
            raise Refused("This data source is no longer part of the project.")
        sources = {key: source for key, source in data.sources.items() if key != self.source}
        bindings = {node: binding for node, binding in data.bindings.items() if binding.source != self.source}
        draft.data = Data(sources, bindings, data.split)
        return ()


@dataclass(frozen=True, slots=True)
class Bind(DraftCommand):
    """What feeds an Input of the main graph, or is an Output's target; None for nothing."""

    node: str
    binding: Binding | None

    @property
    def label(self) -> str:
        return "Bind data" if self.binding else "Unbind data"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        data, main = draft.data, draft.original.main
        if self.node not in main.inputs and self.node not in main.outputs:
            raise Refused("Data is bound to inputs and outputs of the main model.")
        bindings = {node: binding for node, binding in data.bindings.items() if node != self.node}
        if self.binding is not None:
            if self.binding.source not in data.sources:
                raise Refused("This data source is no longer part of the project.")
            bindings[self.node] = _kept(self.binding)
        draft.data = replace(data, bindings=bindings)
        return ()


@dataclass(frozen=True, slots=True)
class SetSplit(DraftCommand):
    """How rows are parted into training and validation."""

    split: Split

    @property
    def label(self) -> str:
        return "Change split"

    @property
    def merge_key(self) -> Hashable | None:
        return "split"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        _refuse(split_faults(self.split))
        draft.data = replace(draft.data, split=_kept(self.split))
        return ()


@dataclass(frozen=True, slots=True)
class Describe(DraftCommand):
    """The project's description."""

    text: str

    @property
    def label(self) -> str:
        return "Edit description"

    @property
    def merge_key(self) -> Hashable | None:
        return "describe"

    def edit(self, draft: Draft) -> tuple[str, ...]:
        draft.description = calls.checked_text(self.text)
        return ()


def _refuse(faults: Iterable[str]) -> None:
    for fault in faults:
        place, _, problem = fault.partition(": ")
        raise Refused(f"{place.rpartition('.')[2].replace('_', ' ').capitalize()} {problem}.")


def _kept(record: R) -> R:
    """The record as it will be read back from a file: a private copy that holds plain values only."""
    try:
        return decode_record(type(record), encode_record(record))
    except (DecodeError, TypeError) as error:
        raise Refused(f"This cannot be kept: {error}.") from None
