"""Runs plans: parameters in flat buffers, and the executors."""

from graph_engine.runtime.buffers import Buffers
from graph_engine.runtime.choosing import Preview, make_executor, make_update, preview
from graph_engine.runtime.executor import Executor, NonFinite
from graph_engine.runtime.memory import NotEnoughMemory, aligned_zeros, free_memory, require_memory
from graph_engine.runtime.parameters import Parameters
from graph_engine.runtime.warming import Warming, follow_warming

__all__ = [
    "Buffers",
    "Executor",
    "NonFinite",
    "NotEnoughMemory",
    "Parameters",
    "Preview",
    "Warming",
    "aligned_zeros",
    "follow_warming",
    "free_memory",
    "make_executor",
    "make_update",
    "preview",
    "require_memory",
]
