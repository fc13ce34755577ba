"""What is wrong with a Keras file, or with a project that is to become one, as one sentence."""

from __future__ import annotations

from graph_engine.values import LayerloomError


class KerasError(LayerloomError):
    """A ``.keras`` file cannot be read, or a project cannot be written as one."""
