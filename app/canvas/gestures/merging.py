"""A wire dropped onto a wire: both are merged there, which makes a residual in one gesture."""

from __future__ import annotations

from app.canvas.fitting import Loose
from app.canvas.placing import free_place
from app.canvas.stage import Stage
from graph_engine.analysis import node_after
from graph_engine.document import Command, MergeOnEdge, Point, Refusal
from graph_engine.layers.base import LAYERS
from graph_engine.layout import NODE_HEIGHT, NODE_WIDTH

FIRST = ("Add", "Concatenate")  # what people mean, where shapes allow


class Merges:
    """The merges that two wires allow; Alt goes on to the next."""

    def __init__(self, stage: Stage, loose: Loose, edge: str) -> None:
        self.edge = edge
        self.sentence = ""
        self._stage, self._loose = stage, loose
        self._index = 0
        self._alt = False
        self._untried = iter(_kinds() if edge != loose.edge else ())
        self._options: list[tuple[str, str, Command]] = []
        self._try_next()
        self._tell()

    @property
    def possible(self) -> bool:
        return bool(self._options)

    @property
    def label(self) -> str:
        kind, shape = self._options[self._index][:2]
        return f"{kind} \u2192 {shape}" if shape else kind

    @property
    def command(self) -> Command:
        return self._options[self._index][2]

    def choose(self, alt: bool) -> None:
        """Each press of Alt takes the next kind."""
        if alt and not self._alt and self._options:
            self._try_next()
            self._index = (self._index + 1) % len(self._options)
            self._tell()
        self._alt = alt

    def _tell(self) -> None:
        if self._options:
            kind = self._options[self._index][0]
            self.sentence = f"Release to merge both wires by {kind}; Alt for another merge."

    def _try_next(self) -> None:
        """Finds one more merge that shapes allow. One at a time: each is a dry run of the edit."""
        for kind in self._untried:
            made = self._made(kind)
            if made is not None:
                self._options.append((kind, *made))
                return

    def _made(self, kind: str) -> tuple[str, Command] | None:
        assert self._loose.source is not None
        graph = self._stage.graph.id
        command = MergeOnEdge(graph, self._loose.source, self.edge, kind, {}, self._place())
        edit = command.apply(self._stage.document)
        if isinstance(edit, Refusal):
            return None
        merged = node_after(edit.document, self._stage.session.analysis, graph, edit.created[0])
        if any(problem.code == "shape" for problem in merged.problems):
            return None
        spec = merged.info.outputs[0].spec
        return (str(spec) if spec else ""), command

    def _place(self) -> Point:
        course = self._stage.scene.wires[self.edge].course
        assert course is not None
        middle = course.middle()
        return free_place(self._stage, Point(middle.x() - NODE_WIDTH / 2, middle.y() - NODE_HEIGHT / 2))


def _kinds() -> list[str]:
    """Merge layers by name, the usual ones first."""
    merges = [name for name, kind in LAYERS.items() if kind.ports.is_list and kind.in_library]
    return sorted(merges, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
