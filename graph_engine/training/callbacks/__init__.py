"""Callbacks: behaviour at the edges of the training loop. ``CALLBACKS``: those a document can name."""

from graph_engine.training.callbacks.autopsy import NaNAutopsy
from graph_engine.training.callbacks.averaging import SwapEMAWeights
from graph_engine.training.callbacks.balance import LossBalance
from graph_engine.training.callbacks.base import CALLBACKS, Callback, CallbackList, ConfiguredCallback
from graph_engine.training.callbacks.checkpointing import BackupAndRestore, ModelCheckpoint
from graph_engine.training.callbacks.history import CSVLogger, History, LambdaCallback
from graph_engine.training.callbacks.insight import LayerInsight
from graph_engine.training.callbacks.keeping import Safekeeping
from graph_engine.training.callbacks.monitors import Expression, Monitoring
from graph_engine.training.callbacks.pace import Pace
from graph_engine.training.callbacks.progress import ProgressBar
from graph_engine.training.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from graph_engine.training.callbacks.stopping import EarlyStopping, RestoreBestWeights, TerminateOnNaN
from graph_engine.training.callbacks.tensorboard import TensorBoard
from graph_engine.training.callbacks.writing import EventWriter, Replay

__all__ = [
    "CALLBACKS",
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "ConfiguredCallback",
    "EarlyStopping",
    "EventWriter",
    "Expression",
    "History",
    "LambdaCallback",
    "LayerInsight",
    "LearningRateScheduler",
    "LossBalance",
    "ModelCheckpoint",
    "Monitoring",
    "NaNAutopsy",
    "Pace",
    "ProgressBar",
    "ReduceLROnPlateau",
    "Replay",
    "RestoreBestWeights",
    "Safekeeping",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
