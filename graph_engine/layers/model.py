"""A graph of the document used as a layer."""

from __future__ import annotations

from graph_engine.kernels.program import Value
from graph_engine.layers.base import NONE, Call, Layer
from graph_engine.params import boolean, text
from graph_engine.values import ShapeError, TensorSpec


class Model(Layer):
    """Another graph of this project used as a layer; called twice, it shares its weights.

    It is structure: its ports, shapes and weights are those of the graph it names, which only analysis
    and the compiler can see, so both treat it themselves. Here it has a title, a family and its parameter.
    """

    title = "Model"
    family = "model"
    ports = NONE
    in_library = False

    graph: str = text("", help="The graph that is called.")
    each_step: bool = boolean(
        False, help="On: called for every step of a sequence by itself, as TimeDistributed."
    )

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        raise ShapeError("The shapes of a Model layer are those of the graph it calls")

    def lower(self, call: Call, *inputs: Value) -> Value:
        raise TypeError("the compiler enters the graph that a Model layer calls")
