"""What a program costs, per node of the drawing."""

from __future__ import annotations

from collections import Counter

from graph_engine.analysis import Analysis, analyze
from graph_engine.compiler.lower import lower
from graph_engine.compiler.plan import Plan
from graph_engine.document import MAIN, Document
from graph_engine.kernels.program import Op, Program, Value
from graph_engine.values import TensorSpec


def flops_by_node(program: Program) -> dict[str, int]:
    """Floating point operations of one run, by node (``model layer/node`` inside Model layers)."""
    counts: Counter[str] = Counter()
    for op in program.ops:
        counts[op.node] += op.primitive.flops(op)
    return dict(counts)


def flops_per_sample(
    document: Document, analysis: Analysis | None = None, graph: str = MAIN
) -> dict[str, int]:
    """The same for one sample's forward pass; sizes a drawing leaves open count as one.

    Raises ModelError while the drawing has errors.
    """
    analysis = analysis or analyze(document)
    inputs = {}
    for node in document.graphs[graph].inputs:
        spec = analysis.node(graph, node).outputs[0].spec
        if spec is not None:
            concrete = tuple(size or 1 for size in spec.shape)
            inputs[document.layer_of(graph, node).name] = TensorSpec(concrete, spec.dtype)
    return flops_by_node(lower(document, inputs, training=False, graph=graph, analysis=analysis).program)


def flops_of_plan(plan: Plan) -> int:
    """Floating point operations of one run of all steps: of a training step, its gradients too."""
    program = Program()
    values = [Value(program, slot.spec) for slot in plan.slots]
    return sum(
        step.primitive.flops(
            Op(
                step.primitive,
                tuple(values[slot] for slot in step.inputs),
                tuple(values[slot] for slot in step.outputs),
                step.attrs,
                step.node,
            )
        )
        for step in plan.steps
    )
