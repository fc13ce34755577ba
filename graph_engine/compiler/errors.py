"""What the compiler refuses, with the problems that a person can fix."""

from __future__ import annotations

from collections.abc import Sequence

from graph_engine.analysis import Problem
from graph_engine.values import LayerloomError


class ModelError(LayerloomError):
    """The drawing cannot be turned into a program. ``problems`` holds every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)

    @classmethod
    def of(cls, message: str, graph: str = "main") -> ModelError:
        return cls([Problem("model", "error", graph, "", "", message)])
