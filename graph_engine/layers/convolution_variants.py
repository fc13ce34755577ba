"""Convolutions that spend fewer weights, and the one that enlarges."""

from __future__ import annotations

from typing import Final

from graph_engine.kernels import ops
from graph_engine.kernels.program import Value
from graph_engine.layers.base import Call, Example, Weight, summary_line, unless
from graph_engine.layers.convolution import Convolution
from graph_engine.layers.initializers import INITIALIZERS, Initializer
from graph_engine.layers.regularizers import REGULARIZERS, Regularizer
from graph_engine.layers.requirements import require_size
