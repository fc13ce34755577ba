"""The peers as contestants: Keras on torch or jax by the same builders, torch by modules of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks._nine import Api, Case


class Keras:
    """Keras' own ``fit`` on the model our builder makes with Keras' layers, compiled where the backend can."""

    def __init__(self, case: Case, weights: list[list[Any]]) -> None:
        import keras

        self.case = case
        self.api = Api(keras.layers, keras.Input, keras.Model)
        self.model = case.build(self.api)
        weighted = [layer for layer in self.api.made if layer.weights]
        for layer, arrays in zip(weighted, weights, strict=True):
            layer.set_weights(
                [array.reshape(w.shape) for array, w in zip(arrays, layer.weights, strict=True)]
            )
        self.model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")

    def losses(self, xs: list[Any], y: Any, steps: range) -> list[float]:
        size = self.case.batch
        return [
            float(self.model.train_on_batch([x[at : at + size] for x in xs], y[at : at + size]))
            for at in (size * step for step in steps)
        ]

    def epoch(self, xs: list[Any], y: Any) -> None:
        self.model.fit(xs, y, batch_size=self.case.batch, epochs=1, verbose=0, shuffle=False)


class Torch:
    """A plain loop: slices of tensors, no metrics. ``mode``: eager, compile, or channels_last (with fused Adam)."""

    def __init__(self, case: Case, weights: list[list[Any]], mode: str) -> None:
        import torch

        from benchmarks._torch_models import module

        self.case, self.torch, self.mode = case, torch, mode
        self.images = len(case.inputs[0]) == 3
        self.net = module(case, weights)
        if mode == "channels_last" and self.images:
            self.net = self.net.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.net.parameters(), 1e-3, eps=1e-7, fused=mode != "eager")
        entropy = torch.nn.functional.cross_entropy

        def objective(*tensors: Any) -> Any:
            return entropy(self.net(*tensors[:-1]), tensors[-1])

        self.objective = torch.compile(objective) if mode == "compile" else objective

    def losses(self, xs: list[Any], y: Any, steps: range) -> list[float]:
        size = self.case.batch
        tensors = self._tensors(xs, y)
        return [
            float(self._step([tensor[at : at + size] for tensor in tensors]).detach())
            for at in (size * step for step in steps)
        ]

    def epoch(self, xs: list[Any], y: Any) -> None:
        tensors, size = self._tensors(xs, y), self.case.batch
        total = self.torch.zeros(())
        for at in range(0, len(y), size):
            total += self._step([tensor[at : at + size] for tensor in tensors]).detach()

    def _step(self, tensors: list[Any]) -> Any:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.objective(*tensors)
        loss.backward()
        self.optimizer.step()
        return loss

    def _tensors(self, xs: list[Any], y: Any) -> list[Any]:
        """Made once, in the layout that suits the mode."""
        if not hasattr(self, "_made"):
            made = [self.torch.from_numpy(np.ascontiguousarray(x)) for x in xs]
            if self.images:
                made = [x.permute(0, 3, 1, 2) for x in made]
                if self.mode != "channels_last":
                    made = [x.contiguous() for x in made]
            self._made = [*(x.long() if x.dtype == self.torch.int32 else x for x in made)]
            self._made.append(self.torch.from_numpy(y.astype(np.int64)))
        return self._made
