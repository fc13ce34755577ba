"""A fragment put on the canvas."""

from __future__ import annotations

from graph_engine.document.draft import Draft, GraphDraft
from graph_engine.document.edits.copying import Copier, is_self_contained, same_definition
from graph_engine.document.edits.wires import insert_numbered
from graph_engine.document.fragment import Fragment
from graph_engine.document.queries import is_numbered, nested_in, port_order
from graph_engine.document.records import Layer, Point


def paste(
    draft: Draft,
    graph: GraphDraft,
    fragment: Fragment,
    offset: Point,
    keep_inputs: bool = False,
    share: bool = False,
) -> tuple[str, ...]:
    """Add the fragment's contents; ``share`` makes its nodes new calls of the layers they were copied from.

    A model whose definition is still what was copied is used again with weights of its own, rather than
    defined a second time.
    """
    source, document = fragment.document, draft.original

    def keep(layer: Layer) -> bool:
        return share and layer.id in document.layers

    def link(inner: str) -> bool:
        return (
            same_definition(source, document, inner)
            and is_self_contained(source, inner)
            and graph.id not in nested_in(document, inner)
        )

    copier = Copier(draft, source, graph.id, keep, link)
    made = copier.copy_into(source.main, graph, offset)
    if keep_inputs:
        _rewire(draft, graph, fragment, copier)
    return made


def _rewire(draft: Draft, graph: GraphDraft, fragment: Fragment, copier: Copier) -> None:
    """Repeat the wires from nodes that were left behind, lower ports first: each finds its old place then."""
    for edge in sorted(fragment.incoming, key=lambda edge: port_order(edge.target.name)):
        source = edge.source
        same = (
            source.node in graph.nodes.rows
            and draft.layer_of(graph, source.node).name == fragment.feeds[source.node]
        )
        if same:
            target = copier.port(fragment.document.main, edge.target)
            if is_numbered(target.name):
                insert_numbered(draft, graph, source, target)
            else:
                draft.put_edge(graph, source, target)
