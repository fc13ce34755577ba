"""What analysis says about drawings: shapes, counts, and problems in words with fixes that work."""

from __future__ import annotations

import pytest

from graph_engine.analysis import Analysis, Problem, analyze
from graph_engine.document import MAIN, Configure, Disconnect, Document, Edit, Move, Point, Port, SetTrainable
from tests.engine.drawing import Drawing


def only_problem(analysis: Analysis, code: str) -> Problem:
    found = [problem for problem in analysis.problems if problem.code == code]
    assert len(found) == 1, [problem.message for problem in analysis.problems]
    return found[0]


def shape_at(analysis: Analysis, node: str) -> str:
    return str(analysis.node(MAIN, node).outputs[0].spec)


def residual() -> tuple[Drawing, dict[str, str]]:
    """An image, a convolution, and an Add of two branches whose channels differ."""
    draw = Drawing()
    image = draw.node("Input", name="image", shape=[8, 8, 1])
    conv = draw.node("Conv2D", image, filters=32, kernel_size=[3, 3], padding="same")
    strided = draw.node("Conv2D", conv, filters=64, kernel_size=[3, 3], strides=[2, 2], padding="same")
    add = draw.node("Add", conv, strided, name="residual")
    out = draw.node("Output", add, name="digit")
    return draw, {"image": image, "conv": conv, "strided": strided, "add": add, "out": out}


def test_shapes_and_parameters_flow_from_the_inputs() -> None:
    draw, ids = residual()
    analysis = analyze(draw.document)
    assert shape_at(analysis, ids["conv"]) == "8\u00d78\u00d732"
    assert shape_at(analysis, ids["strided"]) == "4\u00d74\u00d764"
    assert analysis.node(MAIN, ids["conv"]).parameters == 3 * 3 * 1 * 32 + 32


def test_a_residual_of_unequal_shapes_is_named_with_both_layers_and_a_fix_that_works() -> None:
    draw, _ = residual()
    problem = only_problem(analyze(draw.document), "shape")
    assert (
        "residual cannot merge conv2d (8\u00d78\u00d732) and conv2d_1 (4\u00d74\u00d764)" in problem.message
    )
    assert problem.severity == "error"
    fix = problem.fixes[0]
    assert fix.label == "Project conv2d with a 1\u00d71 Conv2D before residual"
    draw.do(fix.command)
    assert analyze(draw.document).problems == ()


def test_a_dense_behind_an_image_is_told_to_flatten() -> None:
    draw = Drawing()
    image = draw.node("Input", shape=[8, 8, 1])
    conv = draw.node("Conv2D", image)
    lstm = draw.node("LSTM", conv)
    draw.node("Output", lstm)
    problem = only_problem(analyze(draw.document), "shape")
    assert problem.message.startswith("lstm cannot take conv2d (")
    for fix in problem.fixes:
        answer = fix.command.apply(draw.document)
        assert isinstance(answer, Edit)


def test_a_shared_layer_counts_once_and_says_so() -> None:
    draw = Drawing()
    left, right = draw.node("Input", shape=[4], name="left"), draw.node("Input", shape=[4], name="right")
    tower = draw.node("Dense", left, units=3)
    again = draw.call(tower, right)
    draw.node("Output", draw.node("Concatenate", tower, again))
    analysis = analyze(draw.document)
    assert analysis.node(MAIN, tower).shared == analysis.node(MAIN, again).shared == 2
    assert analysis.graphs[MAIN].parameters == 4 * 3 + 3


def test_a_half_drawn_branch_only_warns() -> None:
    draw, _ = residual()
    loose = draw.node("Dense")
    found = [problem for problem in analyze(draw.document).problems if problem.node == loose]
    assert [problem.severity for problem in found] == ["warning"]


def test_a_missing_input_on_the_way_to_an_output_is_an_error_with_the_nearest_loose_end_as_fix() -> None:
    draw = Drawing()
    draw.node("Input", shape=[4], name="table", at=Point(0, 0))
    dense = draw.node("Dense", at=Point(200, 0))
    draw.node("Output", dense, at=Point(400, 0))
    problem = only_problem(analyze(draw.document), "missing-input")
    assert problem.severity == "error"
    assert problem.fixes[0].label == "Connect table"
    draw.do(problem.fixes[0].command)
    assert analyze(draw.document).problems == ()


def test_frozen_layers_are_not_counted_as_trainable() -> None:
    draw = Drawing()
    dense = draw.node("Dense", draw.node("Input", shape=[4]), units=3)
    draw.node("Output", dense)
    layer = draw.document.graphs[MAIN].nodes[dense].layer
    draw.do(SetTrainable((layer,), False))
    info = analyze(draw.document).graphs[MAIN]
    assert (info.parameters, info.trainable_parameters) == (15, 0)


def test_an_unknown_layer_is_kept_and_shown() -> None:
    draw = Drawing()
    strange = draw.node("Wormhole", draw.node("Input", shape=[4]), depth=3)
    draw.node("Output", strange)
    problem = only_problem(analyze(draw.document), "unknown-layer")
    assert "no layer type 'Wormhole'" in problem.message


@pytest.mark.parametrize("steps", range(1, 6))
def test_incremental_analysis_equals_a_full_one(steps: int) -> None:
    draw, ids = residual()
    analysis = analyze(draw.document)
    conv = draw.document.graphs[MAIN].nodes[ids["conv"]].layer
    edge = next(iter(draw.document.main.edges))
    edits = [
        Move(MAIN, {ids["conv"]: Point(5, 5)}),
        Configure((conv,), "filters", 64),
        Configure((conv,), "strides", [2, 2]),
        Configure((conv,), "filters", 0),
        Disconnect(MAIN, (edge,)),
    ]
    for command in edits[:steps]:
        draw.do(command)
        analysis = analyze(draw.document, analysis)
        full = analyze(draw.document)
        assert analysis.problems == full.problems
        assert _comparable(analysis) == _comparable(full)


def _comparable(analysis: Analysis) -> object:
    return {
        (name, node): (info.inputs, info.outputs, info.parameters, info.line, info.shared)
        for name, graph in analysis.graphs.items()
        for node, info in graph.nodes.items()
    }


def test_unchanged_nodes_are_not_inferred_again() -> None:
    draw, ids = residual()
    before = analyze(draw.document)
    layer = draw.document.graphs[MAIN].nodes[ids["strided"]].layer
    draw.do(Configure((layer,), "filters", 16))
    after = analyze(draw.document, before)
    assert after.node(MAIN, ids["conv"]) is before.node(MAIN, ids["conv"])
    assert after.node(MAIN, ids["strided"]) is not before.node(MAIN, ids["strided"])


def test_an_empty_document_is_quiet() -> None:
    assert analyze(Document()).problems == ()


def test_a_cycle_is_named() -> None:
    from dataclasses import replace

    from graph_engine.document import Edge

    draw = Drawing()
    first = draw.node("Dense", draw.node("Input", shape=[4]))
    second = draw.node("Dense", first)
    draw.node("Output", second)
    main = draw.document.main
    edges = {key: edge for key, edge in main.edges.items() if edge.target.node != first}
    edges["loop"] = Edge("loop", Port(second, "output"), Port(first, "input"))
    looped = replace(draw.document, graphs={MAIN: replace(main, edges=edges)})
    problem = only_problem(analyze(looped), "cycle")
    assert "dense, dense_1" in problem.message
