"""Training: objectives, optimizers, callbacks, the loop, and runs on disk."""

from graph_engine.training.callbacks import (
    CALLBACKS,
    BackupAndRestore,
    Callback,
    CallbackList,
    ConfiguredCallback,
    CSVLogger,
    EarlyStopping,
    EventWriter,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ProgressBar,
    ReduceLROnPlateau,
    Replay,
    RestoreBestWeights,
    SwapEMAWeights,
    TensorBoard,
    TerminateOnNaN,
)
from graph_engine.training.checkpoints import Checkpoint
from graph_engine.training.control import Control
from graph_engine.training.losses import LOSSES, Loss
from graph_engine.training.metrics import METRICS, Metric
from graph_engine.training.optimizers import OPTIMIZERS, Optimizer
from graph_engine.training.running import Outcome, train_project
from graph_engine.training.runs import Run
from graph_engine.training.trainer import Trainer

__all__ = [
    "CALLBACKS",
    "LOSSES",
    "METRICS",
    "OPTIMIZERS",
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "Checkpoint",
    "ConfiguredCallback",
    "Control",
    "EarlyStopping",
    "EventWriter",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Loss",
    "Metric",
    "ModelCheckpoint",
    "Optimizer",
    "Outcome",
    "ProgressBar",
    "ReduceLROnPlateau",
    "Replay",
    "RestoreBestWeights",
    "Run",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "Trainer",
    "train_project",
]
