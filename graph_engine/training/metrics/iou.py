"""Intersection over union of classes: how well areas match, for segmentation (``keras.metrics``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.params import ParamError, boolean, integer, integers, number
from graph_engine.training.losses.base import EPSILON, class_ids
from graph_engine.training.metrics.base import Array, Metric, number_of, spread
from graph_engine.values import DType, Shape, TensorSpec


class Confusion(Metric):
    """Base of metrics from the table of right class against said class."""

    direction = "up"

    def table(
        self, right: Value, said: Value, weight: Value | None, classes: int, ignored: int | None
    ) -> Value:
        """(classes, classes): weighted counts. Entries beyond the classes, and ignored ones, do not count."""
        kind: DType = "float64" if said.dtype == "float64" else "float32"
        rows, columns = (
            ops.one_hot(ops.cast(ops.reshape(ids, shape=(-1,)), dtype="int32"), depth=classes, dtype=kind)
            for ids in (right, said)
        )
        if ignored is not None and 0 <= ignored < classes:
            kept = (np.arange(classes) != ignored).astype(np.float64)
            rows = rows * rows.program.constant(kept, rows.dtype)
        share = spread(weight, right)
        if share is not None:
            rows = rows * ops.reshape(share, shape=(-1, 1))
        return ops.matmul(ops.transpose(rows, (1, 0)), columns)


class IoU(Confusion):
    """Mean over some classes of what target and output share, by what either covers."""

    title = "Intersection over union"
    num_classes: int = integer(2, minimum=1, help="How many classes there are.")
    target_class_ids: tuple[int, ...] = integers((0, 1), help="The classes of which the mean is taken.")
    ignore_class: int | None = integer(None, optional=True, help="Entries of this class do not count.")
    sparse_y_true: bool = boolean(True, help="Targets are class ids, not one-hot.")
    sparse_y_pred: bool = boolean(True, help="Outputs are class ids, not a score for each class.")
    axis: int = integer(-1, help="The axis of the classes where ids are not given.")

    @classmethod
    def log_name(cls) -> str:
        return "io_u"  # what Keras makes of the name

    def __post_init__(self) -> None:
        super().__post_init__()
        beyond = [chosen for chosen in self.wanted() if chosen >= self.num_classes]
        if beyond:
            raise ParamError(
                f"{type(self).__name__}.target_class_ids: there is no class {beyond[0]}, "
                f"num_classes is {self.num_classes}"
            )

    def wanted(self) -> tuple[int, ...]:
        return self.target_class_ids

    def one_hot_target(self) -> bool:
        return not self.sparse_y_true

    def target(self, output: TensorSpec, given: Shape | None = None) -> TensorSpec | None:
        if self.one_hot_target() and not self.sparse_y_pred:
            return output
        return class_ids(output, self.axis) if not self.sparse_y_pred else None

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        right = ops.argmax(y_true, axis=self.axis) if self.one_hot_target() else y_true
        said = y_pred if self.sparse_y_pred else ops.argmax(y_pred, axis=self.axis)
        return (self.table(right, said, weight, self.num_classes, self.ignore_class),)

    def result(self, statistics: Sequence[Array]) -> float:
        return mean_iou(statistics[0], self.wanted())


class MeanIoU(IoU):
    """Mean over all classes of what target and output share, by what either covers."""

    title = "Mean intersection over union"
    target_class_ids: tuple[int, ...] = ()

    @classmethod
    def log_name(cls) -> str:
        return "mean_io_u"

    def wanted(self) -> tuple[int, ...]:
        return tuple(range(self.num_classes))


class OneHotIoU(IoU):
    """Intersection over union of some classes; targets are one-hot."""

    title = "Intersection over union, one-hot"
    sparse_y_true: bool = False
    sparse_y_pred: bool = boolean(False, help="Outputs are class ids, not a score for each class.")

    @classmethod
    def log_name(cls) -> str:
        return "one_hot_io_u"


class OneHotMeanIoU(MeanIoU):
    """Mean intersection over union of all classes; targets are one-hot."""

    title = "Mean intersection over union, one-hot"
    sparse_y_true: bool = False
    sparse_y_pred: bool = boolean(False, help="Outputs are class ids, not a score for each class.")

    @classmethod
    def log_name(cls) -> str:
        return "one_hot_mean_io_u"


class BinaryIoU(Confusion):
    """Intersection over union of two classes told apart by a threshold."""

    title = "Binary intersection over union"
    target_class_ids: tuple[int, ...] = integers((0, 1), help="The classes of which the mean is taken.")
    threshold: float = number(0.5, help="Outputs of at least this mean class 1.")

    @classmethod
    def log_name(cls) -> str:
        return "binary_io_u"

    def statistics(self, y_true: Value, y_pred: Value, weight: Value | None) -> tuple[Value, ...]:
        said = number_of(ops.greater_equal(y_pred, ops.number(self.threshold, y_pred)), y_pred)
        return (self.table(y_true, said, weight, 2, None),)

    def result(self, statistics: Sequence[Array]) -> float:
        return mean_iou(statistics[0], self.target_class_ids)


def mean_iou(table: Array, wanted: Sequence[int]) -> float:
    """Over the wanted classes that occur in target or output."""
    shared = np.diag(table)[list(wanted)]
    covered = (table.sum(0) + table.sum(1))[list(wanted)] - shared
    there = covered > 1e-9
    return float(np.where(there, shared / (covered + EPSILON), 0.0).sum() / (there.sum() + EPSILON))
