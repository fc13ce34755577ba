"""What is wrong with a project file, as one sentence that names the file and the place in it."""

from __future__ import annotations

from graph_engine.values import LayerloomError


class ProjectError(LayerloomError):
    """A project cannot be read or written."""
