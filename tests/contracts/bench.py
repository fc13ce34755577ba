"""One layer on a bench: drawn into a document, lowered, compiled and run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graph_engine.analysis import Analysis, analyze
from graph_engine.compiler import compile_plan, gradients, lower, weight_table
from graph_engine.document import MAIN, Document, Port, SetTrainable
from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import LAYERS, Example, Layer
from graph_engine.runtime import Executor, Parameters
from graph_engine.values import DType, TensorSpec
from tests.engine.drawing import Drawing

Array = npt.NDArray[Any]
Item = TypeVar("Item")
FLOATS = ("float32", "float64")


def examples() -> list[tuple[str, Example]]:
    """Every example of every layer that computes."""
    return [(name, each) for name, cls in LAYERS.items() if name != "Input" for each in cls.examples]


def label(case: tuple[str, Example]) -> str:
    name, example = case
    return f"{name}-{LAYERS[name].examples.index(example)}"


def layer_of(kind: str, example: Example) -> Layer:
    return LAYERS[kind].from_config(example.config)  # type: ignore[no-any-return]  # a layer


def specs_of(example: Example) -> list[TensorSpec]:
    return [TensorSpec(shape, example.dtype_of(index)) for index, shape in enumerate(example.inputs)]


def by_port(layer: Layer, example: Example, items: Sequence[Item]) -> list[Item | None]:
    """One item an input, as the layer wants them: None at optional ports that the example leaves alone."""
    ports = layer.input_ports()
    if ports.is_list:
        return list(items)
    found = dict(zip(example.ports or ports.all, items, strict=False))
    return [found.get(name) for name in ports.all]


def inferred(layer: Layer, example: Example, specs: Sequence[TensorSpec]) -> tuple[TensorSpec, ...]:
    result = layer.infer(*by_port(layer, example, specs))  # type: ignore[arg-type]  # None where it may be
    return result if isinstance(result, tuple) else (result,)


def arrays_of(example: Example, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [
        _array(rng, shape, example.dtype_of(index), example) for index, shape in enumerate(example.inputs)
    ]


def _array(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType, example: Example) -> Array:
    if dtype in FLOATS:
        return rng.uniform(*example.span, size=shape) if example.span else rng.normal(size=shape)
    return rng.integers(0, 2 if dtype == "bool" else example.high, shape).astype(dtype)


def drawing(kind: str, example: Example, calls: int = 1) -> Drawing:
    """Inputs ``x0``, ``x1`` ..., the layer called on them, and an Output for each of its ports and calls."""
    draw = Drawing()
    sources = [
        draw.node(
            "Input",
            name=f"x{index}",
            shape=list(shape[1:]),
            dtype=example.dtype_of(index),
            batch_size=shape[0] if example.fixed_batch else None,
        )
        for index, shape in enumerate(example.inputs)
    ]
    layer = layer_of(kind, example)
    numbered = tuple(str(index) for index in range(len(sources)))
    names = example.ports or (numbered if layer.input_ports().is_list else layer.input_ports().all)
    node = ""
    for call in range(calls):
        node = draw.call(node) if call else draw.node(kind, name="layer", **example.config)
        for source, name in zip(sources, names, strict=False):
            draw.connect(source, Port(node, name))
        for port in () if kind == "Output" else layer.output_ports():
            draw.node("Output", Port(node, port), name=f"{port}_{call}")
    return draw


class Bench:
    """A drawn layer, compiled for its example's shapes. ``outputs`` in the order of ports, then calls."""

    def __init__(
        self,
        kind: str,
        example: Example,
        *,
        training: bool = False,
        dtype: DType = "float64",
        calls: int = 1,
        frozen: bool = False,
    ) -> None:
        self.example = example
        self.document = self._document(kind, example, calls, frozen)
        self.analysis: Analysis = analyze(self.document)
        inputs = {f"x{index}": spec for index, spec in enumerate(specs_of(example))}
        lowered = lower(self.document, inputs, training=training, dtype=dtype, analysis=self.analysis)
        self.outputs = tuple(lowered.outputs.values())
        self.parameters = Parameters(weight_table(self.document, self.analysis), dtype).initialize(0)
        program = lowered.program
        program.results.update({f"y{index}": value for index, value in enumerate(self.outputs)})
        loss = _loss(self.outputs, program.losses)
        if loss is not None:
            program.results["loss"] = loss
            _add_input_gradients(loss, lowered.inputs)
        self.executor = Executor(
            compile_plan(program, loss=loss, trainable=self.parameters.trainable_paths), self.parameters
        )

    @staticmethod
    def _document(kind: str, example: Example, calls: int, frozen: bool) -> Document:
        draw = drawing(kind, example, calls)
        if frozen:
            layer = next(layer.id for layer in draw.document.layers.values() if layer.name == "layer")
            draw.do(SetTrainable((layer,), False))
        return draw.document

    @property
    def weights(self) -> dict[str, Array]:
        """The layer's weights by the names it gave them."""
        return {path.split("/")[-1]: array for path, array in self.parameters.items()}

    @property
    def kept_weights(self) -> dict[str, Array]:
        """Those that are not carried from batch to batch."""
        table = self.parameters.table
        return {
            path.split("/")[-1]: array
            for path, array in self.parameters.items()
            if not table[path].weight.carried
        }

    @property
    def weight_gradients(self) -> dict[str, Array]:
        views = self.parameters.views_of(self.executor.gradients)
        return {path.split("/")[-1]: array for path, array in views.items()}

    def run(self, arrays: list[Array] | None = None, step: int = 0) -> dict[str, Array]:
        given = arrays_of(self.example) if arrays is None else arrays
        table = self.parameters.table
        carried = {
            path: array.copy() for path, array in self.parameters.items() if table[path].weight.carried
        }
        found = self.executor.run({f"x{index}": array for index, array in enumerate(given)}, step=step)
        for path, array in carried.items():  # every run begins alike
            self.parameters[path][...] = array
        return {name: array.copy() for name, array in found.items()}

    def results(self, arrays: list[Array] | None = None, step: int = 0) -> list[Array]:
        found = self.run(arrays, step)
        return [found[f"y{index}"] for index in range(len(self.outputs))]

    def output_specs(self) -> list[TensorSpec | None]:
        """What analysis says leaves the graph."""
        main = self.document.graphs[MAIN]
        return [self.analysis.node(MAIN, node).outputs[0].spec for node in main.outputs]


def _loss(outputs: tuple[Value, ...], penalties: list[Value]) -> Value | None:
    """A different weight for every element, so that a gradient in the wrong place shows."""
    terms = [ops.sum(value * _weights(value)) for value in outputs if value.dtype in FLOATS]
    total = None
    for term in (*terms, *penalties):
        total = term if total is None else total + term
    return total


def _weights(value: Value) -> Value:
    weights = np.cos(np.arange(math.prod(value.shape))).reshape(value.shape) + 0.1
    return value.program.constant(weights, value.dtype)


def _add_input_gradients(loss: Value, inputs: Any) -> None:
    program = loss.program
    floats = {name: value for name, value in inputs.items() if value.dtype in FLOATS}
    found = gradients(program, [loss], [program.constant(1.0, loss.dtype)], list(floats.values()))
    program.results.update(
        {f"d{name}": value for name, value in zip(floats, found, strict=True) if value is not None}
    )
