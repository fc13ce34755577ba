"""Every loss that may also be watched as a metric (``keras.metrics``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import boolean, integer, number
from graph_engine.training import losses
from graph_engine.training.metrics.base import Array, MeanMetric
from graph_engine.values import Shape, TensorSpec


class LossMetric(MeanMetric):
    """Base of metrics that are the mean of a loss, of the same name and with the same parameters."""

    def loss(self) -> losses.Loss:
        """The loss, with those of the metric's parameters that are also the loss's."""
        cls = losses.LOSSES[self.loss_name()]
        return cls(**{name: getattr(self, name) for name in cls.params() if name in self.params()})

    def loss_name(self) -> str:
        return type(self).__name__

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec:
        return self.loss().target(output, given)

    def classes(self, output: TensorSpec) -> int | None:
        return self.loss().classes(output)

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return self.loss().values(y_true, y_pred)


class MeanSquaredError(LossMetric):
    """Mean of squared differences."""

    title = "Mean squared error"
    aliases = ("mse",)


class MeanAbsoluteError(LossMetric):
    """Mean of absolute differences."""

    title = "Mean absolute error"
    aliases = ("mae",)


class MeanAbsolutePercentageError(LossMetric):
    """Mean of absolute differences in percent of the target."""

    title = "Mean absolute percentage error"
    aliases = ("mape",)


class MeanSquaredLogarithmicError(LossMetric):
    """Mean squared difference of ``log(1 + x)``."""

    title = "Mean squared logarithmic error"
    aliases = ("msle",)


class LogCoshError(LossMetric):
    """Mean of ``log(cosh(difference))``."""

    title = "Log-cosh error"
    aliases = ("logcosh",)

    @classmethod
    def log_name(cls) -> str:
        return "logcosh"

    def loss_name(self) -> str:
        return "LogCosh"


class Poisson(LossMetric):
    """Mean Poisson loss."""

    title = "Poisson"


class BinaryCrossentropy(LossMetric):
    """Mean binary cross-entropy."""

    title = "Binary cross-entropy"
    aliases = ("bce",)
    from_logits: bool = boolean(False, help="The output is a logit: no sigmoid was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards one half by this share."
    )


class CategoricalCrossentropy(LossMetric):
    """Mean categorical cross-entropy; targets are one-hot."""

    title = "Categorical cross-entropy"
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    label_smoothing: float = number(
        0.0, minimum=0.0, maximum=1.0, help="Pull targets towards equal probabilities by this share."
    )
    axis: int = integer(-1, help="The axis of the classes.")


class SparseCategoricalCrossentropy(LossMetric):
    """Mean categorical cross-entropy; targets are class ids."""

    title = "Sparse categorical cross-entropy"
    from_logits: bool = boolean(False, help="The output is logits: no softmax was applied.")
    ignore_class: int | None = integer(None, optional=True, help="Entries of this class count as 0.")
    axis: int = integer(-1, help="The axis of the classes.")


class KLDivergence(LossMetric):
    """Mean Kullback-Leibler divergence."""

    title = "Kullback-Leibler divergence"
    aliases = ("kld", "kl_divergence", "kullback_leibler_divergence")


class Hinge(LossMetric):
    """Mean margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Hinge"


class SquaredHinge(LossMetric):
    """Mean squared margin between two classes, targets -1 and 1 (0 counts as -1)."""

    title = "Squared hinge"


class CategoricalHinge(LossMetric):
    """Mean margin between the right class and the best of the others; targets are one-hot."""

    title = "Categorical hinge"


class RootMeanSquaredError(MeanMetric):
    """Root of the mean of squared differences."""

    title = "Root mean squared error"
    aliases = ("rmse",)
    masked = False

    def values(self, y_true: Value, y_pred: Value) -> Value:
        return ops.square(y_pred - y_true)

    def result(self, statistics: Sequence[Array]) -> float:
        return float(np.sqrt(super().result(statistics)))
