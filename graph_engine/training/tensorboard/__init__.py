"""TensorBoard's event files, written without TensorBoard or TensorFlow."""

from graph_engine.training.tensorboard.event_file import EventFile
from graph_engine.training.tensorboard.graph import graph_def
from graph_engine.training.tensorboard.summaries import histograms, scalars

__all__ = ["EventFile", "graph_def", "histograms", "scalars"]
