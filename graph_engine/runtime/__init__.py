"""Runs plans: parameters in flat buffers, and the executors."""

from graph_engine.runtime.choosing import make_executor, make_update, preview
from graph_engine.runtime.executor import Executor, NonFinite
from graph_engine.runtime.parameters import Parameters, aligned_zeros

__all__ = ["Executor", "NonFinite", "Parameters", "aligned_zeros", "make_executor", "make_update", "preview"]
