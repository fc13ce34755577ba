"""One node looked at by itself is what the analysis of the whole document says of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from graph_engine.analysis import analyze, node_after
from graph_engine.document import MAIN, Connect, Edit, MergeOnEdge, Port, Refusal
from tests.engine.drawing import Drawing

CONV = {"filters": 2, "kernel_size": [2]}
KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Dense", {"units": 3}),
    ("Flatten", {}),
    ("Conv1D", CONV),
    ("Add", {}),
)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Up to eight layers behind an input, fed by any before them or by nothing; shapes may not fit."""
    drawing = Drawing()
    nodes = [drawing.node("Input", name="given", shape=draw(st.sampled_from(([4], [5, 3], [None, 2]))))]
    for kind, config in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)):
        fed = draw(st.lists(st.sampled_from(nodes), max_size=1 + (kind == "Add")))
        nodes.append(drawing.node(kind, *fed, **config))
    return drawing


@given(drawings(), st.data())
def test_a_wire_in_hand_is_told_what_a_whole_analysis_would_tell(
    drawing: Drawing, data: st.DataObject
) -> None:
    graph = drawing.document.main
    source, target = (data.draw(st.sampled_from(list(graph.nodes))) for _ in range(2))
    port = data.draw(st.sampled_from(("input", "0", "1", "2")))
    _same(drawing, Connect(MAIN, Port(source, "output"), Port(target, port)), target)


@given(drawings(), st.data())
def test_so_is_a_merge_that_is_not_there_yet(drawing: Drawing, data: st.DataObject) -> None:
    graph = drawing.document.main
    if graph.edges:
        source, edge = (data.draw(st.sampled_from(list(rows))) for rows in (graph.nodes, graph.edges))
        kind = data.draw(st.sampled_from(("Add", "Concatenate", "Dot")))
        _same(drawing, MergeOnEdge(MAIN, Port(source, "output"), edge, kind, {}, None))


def _same(drawing: Drawing, command: Connect | MergeOnEdge, node: str = "") -> None:
    before, answer = analyze(drawing.document), command.apply(drawing.document)
    if isinstance(answer, Refusal):
        return
    assert isinstance(answer, Edit)
    node = node or answer.created[0]
    found, whole = node_after(answer.document, before, MAIN, node), analyze(answer.document)
    one, other = found.info, whole.node(MAIN, node)  # their layers are never equal
    assert (one.line, one.inputs, one.outputs, one.shared) == (
        other.line,
        other.inputs,
        other.outputs,
        other.shared,
    )
    told = {(problem.code, problem.message, problem.port) for problem in whole.problems_at(MAIN, node)}
    assert {(problem.code, problem.message, problem.port) for problem in found.problems} <= told
    assert any(code == "shape" for code, *_ in told) == any(it.code == "shape" for it in found.problems)
