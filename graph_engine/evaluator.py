"""The process that answers questions about a trained model: commands come in as JSON lines, events go out.

It is another one than the worker, so that a model can be evaluated and asked while the next one is trained.

=============  ======================================================================================
command        further fields, and the event that answers
=============  ======================================================================================
``open``       ``project``: PATH, ``folder``: DIR or null -> ``opened``
``evaluate``   ``rows``: "validation", "training" or PATH -> ``evaluating`` (``done``, ``total`` batches), then
               ``evaluated`` (``report``, ``columns`` to group by)
``group``      ``column`` -> ``evaluated`` again, with the errors of the column's groups
``samples``    ``head`` and ``cell`` [true, predicted], ``order`` or ``rows``; ``first``, ``count`` -> ``samples``
``predict``    ``inputs`` by name (see ``samples.shown``) -> ``predicted`` (``heads``)
``example``    ``row`` -> ``example`` (``inputs`` of a row, to begin from)
``export``     ``head``, ``path`` -> ``exported`` (``path``, ``lines``)
``stop``       ends the evaluation that runs -> ``stopped``
``quit``       ends the process
=============  ======================================================================================

What fails answers ``failed`` with a ``message``. Every answer repeats the command's ``ask``. Of several ``predict``
that wait, only the last is answered: a person draws faster than a large model predicts.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from graph_engine.data import Prepared, prepare
from graph_engine.document import Document
from graph_engine.evaluation import (
    Evaluation,
    Stopped,
    evaluate_project,
    sample_rows,
    samples_by,
    samples_in_cell,
    trainer_of,
    write_table,
)
from graph_engine.evaluation.asking import predict_sample
from graph_engine.evaluation.samples import inputs_of
from graph_engine.project import Project, load
from graph_engine.serving import Send, serve_standard_streams
from graph_engine.training import Trainer
from graph_engine.training.events import encode
from graph_engine.values import LayerloomError

PERIOD: Final = 0.1  # seconds between two words about how far it is
_ANSWERS: Final = ("open", "evaluate", "group", "samples", "predict", "example", "export")


def main() -> int:
    """Serve until told to quit."""
    return serve_standard_streams(lambda send, commands: Evaluator(send).serve(commands))


class Evaluator:
    """Answers in the thread that calls ``serve``; another one reads commands, so that a stop is heard at once."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._asked: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._newest = 0  # number of the last ``predict``
        self._stop = threading.Event()
        self._project = Project(Document())
        self._folder: Path | None = None
        self._trainer: Trainer | None = None
        self._refusal = "no trained model is open"
        self._data: Prepared | None = None
        self._evaluation: Evaluation | None = None

    def serve(self, commands: Iterable[str]) -> None:
        threading.Thread(target=self._listen, args=(commands,), daemon=True).start()
        while (asked := self._asked.get()) is not None:
            if asked["command"] != "predict" or asked["number"] == self._newest:
                self._answer(asked)

    def _listen(self, commands: Iterable[str]) -> None:
        for line in commands:
            try:
                asked = json.loads(line)
                if asked["command"] == "quit":
                    break
                self._take(asked)
            except (ValueError, KeyError, TypeError) as error:
                self._emit(
                    "failed", message=f"the evaluator does not understand {line.strip()[:200]!r}: {error}"
                )
        self._stop.set()
        self._asked.put(None)

    def _take(self, asked: dict[str, Any]) -> None:
        if asked["command"] == "stop":
            self._stop.set()
            return
        if asked["command"] not in _ANSWERS:
            raise ValueError(f"there is no command {asked['command']!r}")
        if asked["command"] == "evaluate":
            self._stop.clear()  # now, not when it begins: a stop that comes next is meant for it
        if asked["command"] == "predict":
            self._newest += 1
        self._asked.put({**asked, "number": self._newest})

    def _answer(self, asked: dict[str, Any]) -> None:
        name, ask = asked["command"], asked.get("ask", 0)
        try:
            event, fields = getattr(self, f"_{name}")(asked)
            self._emit(event, ask=ask, **fields)
        except Stopped:
            self._emit("stopped", ask=ask)
        except LayerloomError as error:
            self._emit("failed", ask=ask, message=str(error), command=name)
        except MemoryError:
            self._emit("failed", ask=ask, message="there is not enough memory for this", command=name)
        except Exception as error:  # the process lives on, and the window says what happened
            traceback.print_exc()
            self._emit("failed", ask=ask, message=f"{name} broke: {error!r}", command=name)

    def _open(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        self._trainer = self._data = None  # what was evaluated before is still asked about
        self._project = load(Path(asked["project"]))
        self._folder = Path(asked["folder"]) if asked.get("folder") else None
        try:
            self._trainer = trainer_of(self._project)
        except LayerloomError as error:
            self._refusal = str(error)  # the answer to whatever is asked about it
        return "opened", {}

    def _evaluate(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        rows = asked["rows"] if asked["rows"] in ("validation", "training") else Path(asked["rows"])
        began = last = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal last
            if self._stop.is_set():
                raise Stopped("stopped")
            now = time.monotonic()
            if now - last >= PERIOD:
                last = now
                left = (now - began) / done * (total - done)
                self._emit("evaluating", ask=asked.get("ask", 0), done=done, total=total, left=left)

        self._evaluation = evaluate_project(self._project, self._folder, rows, tell, self._ready())
        return self._report("")

    def _group(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return self._report(asked["column"])

    def _report(self, group: str) -> tuple[str, dict[str, Any]]:
        evaluation = self._evaluated()
        return "evaluated", {"report": evaluation.report(group).as_json(), "columns": evaluation.columns}

    def _samples(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        evaluation, head = self._evaluated(), asked["head"]
        first, count = asked.get("first", 0), asked.get("count", 60)
        if "cell" in asked:
            true, predicted = asked["cell"]
            found = samples_in_cell(evaluation, head, true, predicted, first, count)
        elif "rows" in asked:
            found = sample_rows(evaluation, head, asked["rows"])
        else:
            found = samples_by(evaluation, head, asked["order"], first, count)
        return "samples", {"head": head, "samples": [sample.as_json() for sample in found]}

    def _example(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        data = self._prepared()
        rows = data.rows[1] if len(data.rows[1]) else data.rows[0]
        row = int(rows[int(asked["row"]) % len(rows)])
        return "example", {"inputs": inputs_of(self._project.document, dict(data.tables), row)}

    def _predict(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        data = self._prepared()
        document, inputs = self._project.document, asked["inputs"]
        return "predicted", {
            "heads": predict_sample(document, self._ready(), data.tables, data.pipelines, inputs)
        }

    def _export(self, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        path = Path(asked["path"])
        try:
            lines = write_table(self._evaluated(), asked["head"], path)
        except OSError as error:
            raise LayerloomError(f"{path} could not be written: {error.strerror or error}") from None
        return "exported", {"path": str(path), "lines": lines}

    def _ready(self) -> Trainer:
        if self._trainer is None:
            raise LayerloomError(self._refusal)
        return self._trainer

    def _evaluated(self) -> Evaluation:
        if self._evaluation is None:
            raise LayerloomError("nothing has been evaluated yet")
        return self._evaluation

    def _prepared(self) -> Prepared:
        self._ready()
        if self._data is None:
            self._data = prepare(self._project.document, self._folder, self._project.states or None)
        return self._data

    def _emit(self, event: str, **fields: Any) -> None:
        self._send(encode({"event": event, "time": time.time(), **fields}))


if __name__ == "__main__":
    sys.exit(main())
