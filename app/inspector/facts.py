"""What the inspector says about layers, worked out from document and analysis. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.forms import canonical as canonical_value, plain
from graph_engine.analysis import Analysis, NodeInfo
from graph_engine.document import MODEL, Document, Layer, calls_of, wiring
from graph_engine.layers.base import LAYERS, Layer as LayerClass
from graph_engine.layers.constraints import CONSTRAINTS
from graph_engine.layers.initializers import INITIALIZERS
from graph_engine.layers.regularizers import REGULARIZERS
from graph_engine.params import Configured, Param
from graph_engine.values import DTYPES, ITEMSIZE, bytes_text, shape_text

_ABOUT_WEIGHTS: Final = (INITIALIZERS, REGULARIZERS, CONSTRAINTS)
_WEIGHT_BYTES: Final = ITEMSIZE[DTYPES[0]]


def layer_class(type_name: str) -> type[LayerClass] | None:
    """The class of a layer whose parameters can be edited; None for models and unknown types."""
    return None if type_name == MODEL else LAYERS.get(type_name)


def family_of(type_name: str) -> str:
    """The family that gives icon and colour; empty for a type this version does not know."""
    found = LAYERS.get(type_name)
    return found.family if found is not None else ""


def docs_of(record: Layer) -> str:
    """`Conv2D: what it does`; the type's own name goes first because a node may be called anything."""
    found = LAYERS.get(record.type)
    return f"{record.type}: {_lowered(plain(found.summary()))}" if found else f"{record.type}, unknown here"


def _lowered(text: str) -> str:
    """A sentence's start in the middle of one; abbreviations stay as they are."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def about_weights(param: Param) -> bool:
    """Whether a parameter belongs to the weights rather than to what the layer computes."""
    return isinstance(param, Configured) and any(param.kind is kind for kind in _ABOUT_WEIGHTS)


def has_weights(type_name: str) -> bool:
    """Whether layers of this type can own weights, be they wired yet or not."""
    found = LAYERS.get(type_name)
    return type_name == MODEL or (found is not None and found.weights is not LayerClass.weights)


def differing(configs: Sequence[Mapping[str, Any]], params: Mapping[str, Param]) -> tuple[str, ...]:
    """Names of the parameters whose values differ between configurations; defaults were filled in before."""
    return tuple(
        name for name in params if any(config.get(name) != configs[0].get(name) for config in configs[1:])
    )


def canonical(config: Mapping[str, Any], params: Mapping[str, Param]) -> dict[str, Any]:
    """A configuration in which equal values look equal; what fits no parameter stays as it is."""
    return {name: canonical_value(params[name], config[name])[0] for name in params if name in config}


def sharing(document: Document, graph: str, node: str) -> str:
    """With whom a node shares its weights: the other calls have the same name, so it says where they stand."""
    layer = document.graphs[graph].nodes[node].layer
    others = [call for call in calls_of(document, layer) if (call.node, call.name) != (graph, node)]
    if not others:
        return ""
    places = [_place(document, call.node, call.name, graph) for call in others]
    shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"Shares its weights with the call {shown}"


def _place(document: Document, graph: str, node: str, here: str) -> str:
    edges = wiring(document.graphs[graph]).ordered_incoming(node)
    names = [document.layer_of(graph, edge.source.node).name for edge in edges[:2]]
    after = f"after {' and '.join(names)}" if names else "without input"
    return after if graph == here else f"{after} in {document.graphs[graph].name}"


def port_title(kind: str, name: str, count: int) -> str:
    """`Input`, `Input 2` where there are several, `Left` where ports have names of their own."""
    if name in ("input", "output") or count == 1:
        return kind
    return f"{kind} {name}" if name.isdecimal() else name.replace("_", " ")


def total_parameters(document: Document, analysis: Analysis, graph: str, nodes: Sequence[str]) -> int:
    """Parameters of some nodes; a layer that several of them call counts once."""
    by_layer = {document.graphs[graph].nodes[node].layer: analysis.node(graph, node) for node in nodes}
    return sum(info.parameters for info in by_layer.values())


def untrained(info: NodeInfo) -> int:
    """Weights that training never changes, such as moving averages."""
    return sum(weight.size for weight in info.weights if not weight.trainable)


def count_text(count: int, thing: str = "") -> str:
    """`9,248 parameters`, `1 parameter`; without a thing the number alone."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}" if thing else f"{count:,}"


def memory_text(parameters: int) -> str:
    """How much room weights take in 32 bits each."""
    return bytes_text(parameters * _WEIGHT_BYTES)


def shape_of(shape: Sequence[int | None]) -> str:
    """`3x3x32` with multiplication signs."""
    return shape_text(tuple(shape))
