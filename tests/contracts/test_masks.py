"""What every layer says of masks before anything is computed is what its masks then are."""

from __future__ import annotations

import pytest

from graph_engine.analysis import analyze
from graph_engine.analysis.masks import masked_outputs
from graph_engine.compiler import lower
from graph_engine.document import MAIN, Port
from graph_engine.layers.base import LAYERS, Example, Layer
from graph_engine.values import TensorSpec
from tests.contracts.bench import examples, label, layer_of
from tests.engine.drawing import Drawing

CASES = [case for case in examples() if LAYERS[case[0]].keras.module == "layers" and case[0] != "Output"]


@pytest.mark.parametrize("reaching", [0, 1, 9], ids=["nowhere", "first", "everywhere"])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_masks_are_where_analysis_says(case: tuple[str, Example], reaching: int) -> None:
    kind, example = case
    draw, layer = Drawing(), layer_of(kind, example)
    ports = layer.input_ports()
    names = example.ports or (
        tuple(map(str, range(len(example.inputs)))) if ports.is_list else ports.all[: len(example.inputs)]
    )
    node = draw.node(kind, name="layer", **example.config)
    masked = 0
    for index, (name, shape) in enumerate(zip(names, example.inputs, strict=True)):
        dtype = example.dtype_of(index)
        batch = shape[0] if example.fixed_batch else None
        source = draw.node("Input", name=f"x{index}", shape=list(shape[1:]), dtype=dtype, batch_size=batch)
        if index < reaching and dtype != "bool" and _has_steps(layer, shape):
            source = draw.node("Masking", source)
            masked += 1
        draw.connect(source, Port(node, name))
    for port in layer.output_ports():
        draw.node("Output", Port(node, port), name=port)
    if reaching and not masked:
        return  # no steps to mask
    analysis = analyze(draw.document)
    inputs = {
        f"x{index}": TensorSpec(shape, example.dtype_of(index)) for index, shape in enumerate(example.inputs)
    }
    lowered = lower(draw.document, inputs, training=False, analysis=analysis)
    told = dict(zip(layer.output_ports(), masked_outputs(draw.document, analysis.graphs, MAIN), strict=True))
    assert {name for name, flag in told.items() if flag} == set(lowered.masks)
    dropped = [problem for problem in analysis.problems if problem.code == "mask-dropped"]
    assert bool(dropped) == bool(masked and not layer.heeds_mask(*names))


def _has_steps(layer: Layer, shape: tuple[int, ...]) -> bool:
    """Whether a mask may reach this input: of attention over other axes, and of channels, there is none."""
    if layer.config().get("data_format") == "channels_first" or layer.family == "attention":
        return len(shape) == 3 and layer.family == "attention"
    return len(shape) > 2
