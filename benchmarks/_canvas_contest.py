"""One canvas with one graph, in a process of its own, which prints its milliseconds as a line of JSON.

python -m benchmarks._canvas_contest ours|peer|training residual|inception|random SIZE
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop

from app.bootstrap import application
from app.bridge.session import Session
from app.bridge.training import TrainingBridge
from benchmarks._canvas import Hand, Times, measure
from benchmarks._graphs import KINDS
from graph_engine.document import Document, SetTraining, Store
from graph_engine.templates import TEMPLATES

WARM: Final = 10  # nodes of a graph that is drawn first: fonts, icons and layers are loaded once


def main(who: str, kind: str, size: int) -> None:
    running = application("dark")
    document = KINDS[kind](size)
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        found = _measured(who, document, Path(folder))
    print(json.dumps(found))
    running.quit()


def _measured(who: str, document: Document, folder: Path) -> dict[str, Times]:
    if who == "peer":
        from benchmarks import _flowchart

        return _flowchart.measure(document)
    measure(KINDS["residual"](WARM), folder)
    return measure(document, folder) if who == "ours" else _while_training(document, folder)


def _while_training(document: Document, folder: Path) -> dict[str, Times]:
    """The digits train in another process, and this one shows how far they are."""
    session = Session(Store(TEMPLATES["digits-residual"].document()))
    session.dispatch(SetTraining(epochs=100_000))
    bridge, loop = TrainingBridge(session, runs=folder / "runs"), QEventLoop()
    bridge.progressed.connect(loop.quit)
    bridge.run()
    loop.exec()
    hand = Hand(Session(Store(document)))
    found = {"pan, all in sight": hand.pan(), "zoom, all in sight": hand.zoom()}
    hand.come_near()
    found["pan at 100 %"] = hand.pan()
    found["drag one node"] = hand.drag()
    found["wire over ports"] = hand.wire()
    hand.canvas.close()
    bridge.shut_down()
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
