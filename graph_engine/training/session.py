"""A document made ready to run: its weights, its objectives, and one executor per mode and batch size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from graph_engine.analysis import analyze
from graph_engine.compiler import Plan, require_sound, weight_table
from graph_engine.data import Dataset, fitted, named_arrays
from graph_engine.document import Document, Objective
from graph_engine.kernels.program import Array
from graph_engine.runtime import Buffers, Executor, NotEnoughMemory, Parameters, make_executor, preview
from graph_engine.training.feeding import Feeder
from graph_engine.training.heads import heads_of, log_names
from graph_engine.training.objective import Mode, compile_mode
from graph_engine.training.tally import Tally
from graph_engine.values import DType, LayerloomError, TensorSpec, bytes_text


class Session:
    """Plans are made for concrete shapes, so executors are kept by mode and number of rows."""

    def __init__(
        self,
        document: Document,
        objectives: Mapping[str, Objective] | None,
        parameters: Parameters | None,
        seed: int,
        dtype: DType,
    ) -> None:
        self.document = document
        self.dtype: DType = dtype
        self.analysis = analyze(document)
        require_sound(document, self.analysis, document.main.id)
        self.parameters = parameters or self._new_parameters(seed)
        self.heads = heads_of(document, objectives)
        self.loss_weights = {head.name: head.weight for head in self.heads if head.loss}
        self.inputs = self._specs(document.main.inputs)
        self.outputs = self._specs(document.main.outputs)
        self.names = log_names(self.heads, self.outputs)
        self._executors: dict[tuple[Mode, tuple[tuple[str, tuple[int, ...]], ...]], Executor] = {}
        self._buffers = Buffers()

    def executor(self, mode: Mode, feeds: Mapping[str, Array]) -> Executor:
        """The executor for a batch of these shapes."""
        key = (mode, tuple((name, array.shape) for name, array in feeds.items()))
        found = self._executors.get(key)
        if found is None:
            found = self._executors[key] = self._new_executor(mode, feeds)
        return found

    def _new_executor(self, mode: Mode, feeds: Mapping[str, Array]) -> Executor:
        """Raises NotEnoughMemory with the number that a batch calls for, before anything runs."""
        plan = self.plan(mode, feeds)
        try:
            return make_executor(plan, self.parameters, self._buffers)
        except NotEnoughMemory as error:
            rows = max((len(array) for array in feeds.values() if array.ndim), default=0)
            told = f"a batch of {rows:,} rows calls for"
            hint = "choose a smaller batch" if rows > 1 else "choose fewer or smaller layers"
            hint = self._recomputing(mode, plan, error.free) + hint
            raise LayerloomError(f"{NotEnoughMemory(error.wanted, error.free, told)}; {hint}") from None

    def _recomputing(self, mode: Mode, plan: Plan, free: int) -> str:
        """The way out that costs only time, where it is one."""
        if mode != "train" or plan.recomputes:
            return ""
        nbytes = preview(replace(plan, recomputes=True), self.parameters).nbytes
        told = f"recompute activations, with which it calls for {bytes_text(nbytes)}, or "
        return told if nbytes <= free else ""

    def freeze(self, document: Document) -> None:
        """Takes the same document with other layers frozen. Weights keep their values; executors are made anew."""
        analysis = analyze(document, self.analysis)
        parameters = Parameters(weight_table(document, analysis), self.dtype)
        if not parameters.trainable_paths:
            raise LayerloomError("nothing would be left to train: leave one layer with weights unfrozen")
        parameters.load(self.parameters.snapshot())
        self.document, self.analysis, self.parameters = document, analysis, parameters
        self._executors.clear()
        self._buffers = Buffers()

    def feeder(self, dataset: Dataset, batch_size: int) -> Feeder:
        """Checks every array of the dataset against the model before anything runs."""
        inputs = self.as_inputs(dataset.inputs)
        ready = Dataset(inputs, dataset.targets, dataset.weights)
        return Feeder(ready, self.heads, self.outputs, self.loss_weights, batch_size, self.dtype)

    def as_inputs(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Arrays by Input name in the declared shapes and dtypes. Raises DataError naming what does not fit."""
        named = named_arrays(arrays, list(self.inputs), "input")
        return {
            name: fitted(named[name], spec, f"Input {name!r}", missing=True)
            for name, spec in self.inputs.items()
        }

    def tally(self) -> Tally:
        return Tally(self.heads, self.names)

    def plan(self, mode: Mode, feeds: Mapping[str, Array]) -> Plan:
        """The plan for a batch of these shapes."""
        inputs = {name: TensorSpec(feeds[name].shape, spec.dtype) for name, spec in self.inputs.items()}
        others = {
            name: TensorSpec(array.shape, cast("DType", array.dtype.name))
            for name, array in feeds.items()
            if name not in inputs
        }
        return compile_mode(
            self.document,
            self.analysis,
            self.heads,
            inputs,
            others,
            mode,
            self.dtype,
            self.parameters.trainable_paths,
            self.document.training.recompute_activations,
        )

    def _new_parameters(self, seed: int) -> Parameters:
        return Parameters(weight_table(self.document, self.analysis), self.dtype).initialize(seed)

    def _specs(self, nodes: tuple[str, ...]) -> dict[str, TensorSpec]:
        """Specs by Input or Output name, floating ones in the session's dtype."""
        main = self.document.main.id
        specs = {}
        for node in nodes:
            spec = self.analysis.node(main, node).outputs[0].spec
            assert spec is not None, "require_sound refuses graphs with unknown specs"
            dtype = self.dtype if spec.dtype in ("float32", "float64") else spec.dtype
            specs[self.document.layer_of(main, node).name] = TensorSpec(spec.shape, dtype)
        return specs
