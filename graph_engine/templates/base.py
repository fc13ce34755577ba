"""What a template is, and how they are found."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graph_engine.document import Binding, Data, Document, Objective, Source, Split, Training
from graph_engine.layout import laid_out
from graph_engine.model import Model


@dataclass(frozen=True, slots=True)
class Template:
    """``learns``: what the model learns, and how well. ``minutes``: about how long that takes on two cores.

    ``promise``: what a training ends with at least, or at most, by log name.
    """

    name: str
    title: str
    learns: str
    data: str
    minutes: float
    promise: Mapping[str, float]
    build: Callable[[], Document]

    def document(self) -> Document:
        """The template's document, laid out, ready to run."""
        return replace(laid_out(self.build()), description=f"{self.title}. {self.learns}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model with its data and objectives by the names of its inputs and outputs."""

    model: Model
    source: Source
    inputs: Mapping[str, Binding]
    targets: Mapping[str, Binding]
    objectives: Mapping[str, Objective]
    training: Training
    split: Split = field(default_factory=lambda: Split(validation=0.2, seed=0))

    def document(self) -> Document:
        document = self.model.document
        main = document.main
        inputs = {document.layer_of(main.id, node).name: node for node in main.inputs}
        outputs = {document.layer_of(main.id, node).name: node for node in main.outputs}
        bindings = {inputs[name]: binding for name, binding in self.inputs.items()}
        bindings |= {outputs[name]: binding for name, binding in self.targets.items()}
        objectives = {outputs[name]: objective for name, objective in self.objectives.items()}
        return replace(
            document,
            data=Data({self.source.id: self.source}, bindings, self.split),
            training=replace(self.training, objectives=objectives),
        )


class _Found(Mapping[str, Template]):
    """Every module of this package that has a ``TEMPLATE``, by name."""

    @functools.cached_property
    def templates(self) -> dict[str, Template]:
        package = importlib.import_module("graph_engine.templates")
        modules = [
            importlib.import_module(f"{package.__name__}.{info.name}")
            for info in pkgutil.iter_modules(package.__path__)
        ]
        found = [module.TEMPLATE for module in modules if hasattr(module, "TEMPLATE")]
        return {template.name: template for template in found}

    def __getitem__(self, name: str) -> Template:
        return self.templates[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.templates)

    def __len__(self) -> int:
        return len(self.templates)


TEMPLATES: Mapping[str, Template] = _Found()
