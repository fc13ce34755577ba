"""Blocks that people draw again and again, as model layers ready to be placed; opened, they can be changed.

A block is code, like a template, so that it cannot fall behind the layers that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from graph_engine.document import (
    MAIN,
    AddNode,
    Command,
    Connect,
    Document,
    Edit,
    Fragment,
    Group,
    Port,
    Refusal,
    copy,
)
from graph_engine.layout import laid_out
from graph_engine.values import LayerloomError


@dataclass(frozen=True, slots=True)
class Block:
    """``draw`` draws the contents, from the node that feeds them to the node that they end in.

    ``shape`` and ``dtype`` are what its input takes until something is wired to it.
    """

    name: str
    title: str
    summary: str
    draw: Callable[[Sketch, str], str]
    shape: tuple[int, ...] = (32, 32, 3)
    dtype: str = "float32"

    def fragment(self) -> Fragment:
        """The block as one model layer, for the clipboard and the canvas."""
        sketch = Sketch()
        begin = sketch.add("Activation", activation="linear")  # stands for what will feed the block
        before = set(sketch.document.main.nodes)
        end = self.draw(sketch, begin)
        inside = tuple(node for node in sketch.document.main.nodes if node not in before)
        name = self.name.replace("-", "_")
        shapes = {Port(begin, "output"): (self.shape, self.dtype)}
        group = Group(MAIN, inside, name, shapes, expose_outputs=(Port(end, "output"),))
        model = sketch.do(group).created[0]
        return Fragment(copy(laid_out(_bare(sketch.document)), MAIN, (model,)).document)


class Sketch:
    """A drawing made by the commands that a person's gestures dispatch."""

    def __init__(self) -> None:
        self.document = Document()

    def do(self, command: Command) -> Edit:
        answer = command.apply(self.document)
        if isinstance(answer, Refusal):
            raise LayerloomError(answer.reason)
        self.document = answer.document
        return answer

    def add(self, kind: str, *sources: str, name: str | None = None, **config: Any) -> str:
        """A new layer, fed by the outputs of others."""
        node = self.do(AddNode(MAIN, kind, config, name=name)).created[0]
        for index, source in enumerate(sources):
            target = str(index) if len(sources) > 1 else "input"
            self.do(Connect(MAIN, Port(source, "output"), Port(node, target)))
        return node


def _bare(document: Document) -> Document:
    """Without positions, so that everything is laid out anew."""
    graphs = {key: replace(graph, positions={}) for key, graph in document.graphs.items()}
    return replace(document, graphs=graphs)


def _residual(sketch: Sketch, begin: str) -> str:
    """He et al., 2016, with a projection, so that any number of channels may arrive."""
    image: dict[str, Any] = {"kernel_size": [3, 3], "padding": "same", "use_bias": False}
    first = sketch.add("Conv2D", begin, filters=64, **image)
    normal = sketch.add("BatchNormalization", first)
    active = sketch.add("ReLU", normal)
    second = sketch.add("Conv2D", active, filters=64, **image)
    calm = sketch.add("BatchNormalization", second)
    short = sketch.add("Conv2D", begin, name="projection", filters=64, kernel_size=[1, 1], padding="same")
    return sketch.add("ReLU", sketch.add("Add", short, calm, name="residual"))


def _inception(sketch: Sketch, begin: str) -> str:
    """Szegedy et al., 2015: windows of several sizes side by side."""

    def window(source: str, filters: int, size: int) -> str:
        return sketch.add(
            "Conv2D", source, filters=filters, kernel_size=[size, size], padding="same", activation="relu"
        )

    pooled = sketch.add("MaxPooling2D", begin, pool_size=[3, 3], strides=[1, 1], padding="same")
    branches = (
        window(begin, 32, 1),
        window(window(begin, 48, 1), 64, 3),
        window(window(begin, 8, 1), 16, 5),
        window(pooled, 16, 1),
    )
    return sketch.add("Concatenate", *branches, name="windows")


def _convolution(sketch: Sketch, begin: str) -> str:
    """Convolution, normalization, activation, pooling."""
    first = sketch.add("Conv2D", begin, filters=32, kernel_size=[3, 3], padding="same", use_bias=False)
    return sketch.add("MaxPooling2D", sketch.add("ReLU", sketch.add("BatchNormalization", first)))


def _sentence(sketch: Sketch, begin: str) -> str:
    """A text of word numbers as one vector: used twice with shared weights it is one half of a Siamese pair."""
    words = sketch.add("Embedding", begin, input_dim=10_000, output_dim=64)
    return sketch.add("LSTM", words, units=32)


def _dense(sketch: Sketch, begin: str) -> str:
    """Dense layers with dropout between them: the head of most networks."""
    first = sketch.add("Dense", begin, units=128, activation="relu")
    return sketch.add("Dense", sketch.add("Dropout", first, rate=0.5), units=64, activation="relu")


BLOCKS: Final[Mapping[str, Block]] = {
    block.name: block
    for block in (
        Block("residual-block", "Residual block", "Two convolutions beside a projected shortcut", _residual),
        Block(
            "inception-module", "Inception module", "Windows of 1, 3 and 5 pixels side by side", _inception
        ),
        Block("convolution-block", "Convolution block", "Convolve, normalize, activate, pool", _convolution),
        Block(
            "siamese-branch",
            "Siamese branch",
            "A sentence as one vector: use it twice, sharing weights",
            _sentence,
            (20,),
            "int32",
        ),
        Block("dense-head", "Dense head", "Two Dense layers with dropout between them", _dense, (64,)),
    )
}
