"""The events of a run: one JSON object per line, in the run directory and on the worker's pipe.

They are the callback protocol written down. ``Replay`` turns them back into calls, so that a callback
(a live plot, say) works the same inside the training process, in the window and on a finished run.

====================  =====================================================================
event                 further fields
====================  =====================================================================
``ready``             a worker waits for commands (on the pipe only)
``kernels``           ``done`` of ``count`` kernels are compiled, ``left`` seconds to go (or null),
                      ``is_over``: nothing more is compiled (on the pipe only)
``planned``           bytes of memory: ``wanted`` for a training and ``recomputed``, the same
                      with recomputed activations (null: not known), ``free`` (on the pipe only)
``train_begin``       ``params``: epochs, initial_epoch and initial_batch (where it begins: not 0
                      when it goes on), steps (an epoch's batches), batch_size, samples,
                      validation_samples, outputs, metrics (names of the logs), directions
                      (name of a log -> "up" or "down": which way is better)
``epoch_begin``       ``epoch`` (from 0)
``batches``           ``epoch``; ``first``: index of the first batch (from 0, within the epoch);
                      ``logs``: list of running means, one mapping per batch;
                      ``losses``: list of that batch's own losses, one mapping per batch
``values``            ``points``: what callbacks draw (see ``Callback.plot``), each with ``plot`` (its
                      title), ``at`` (in epochs: 1.5 is the middle of the second), ``values`` by name
``test_begin/_end``   ``logs`` at the end
``epoch_end``         ``epoch``, ``logs`` (with ``val_`` names), ``seconds``
``train_end``         ``logs``; ``reason``: "finished" | "stopped" | "early stopping: ..." | ...
``failed``            ``message`` (for a person), ``traceback`` (for a bug report)
``checkpoint``        ``epoch``, ``batch``, ``path`` relative to the run directory
``changed``           ``what`` ("learning_rate", "loss_weights/NAME", "trainable/NAME", "callbacks"),
                      ``value``: a setting was edited; of callbacks their types
``refused``           ``what`` was to be edited and could not be: ``message`` says why (for a person)
``autopsy``           a value was not finite: ``message`` (for a person), ``cause``, ``graph``, ``node``,
                      ``wires`` (what broke first, and what carries it), ``rows`` (of the data, from 0),
                      ``epoch``, ``batch``, ``learning_rate`` (one to try, or null)
``balance``           ``shares`` (each output's of the gradient on shared weights), ``weights`` (of the
                      losses), ``proposed`` (weights that would balance them), ``sentence`` (for a
                      person; empty while no output drowns the others)
``layers``            to who watches, in no log: ``layers`` (path of a layer -> lengths of weights,
                      gradient and update), ``nodes`` (place -> what leaves it, see
                      ``diagnostics.layers``), ``seconds`` (place -> of a batch)
``paused/resumed``    training waits at a batch boundary, and goes on
====================  =====================================================================

Every event has ``event`` and ``time`` (seconds since 1970). Batches and values are gathered so that at most
30 events of each a second are written, and none is lost. Numbers that JSON has no word for are
written as the strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

Event = dict[str, Any]
Logs = dict[str, float]

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encode(event: Mapping[str, Any]) -> str:
    """One line of strict JSON, without its line break."""
    try:
        return json.dumps(event, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_spelled(event), allow_nan=False, separators=(",", ":"))


def decode(line: str | bytes) -> Event:
    """The event of one line. Raises ValueError when the line is not one whole event."""
    event = json.loads(line)
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise ValueError("not an event")
    for field in ("logs", "losses"):
        if field in event:
            event[field] = _numbers(event[field])
    if "layers" in event:
        sizes = event["layers"].items()
        event["layers"] = {path: [_WORDS.get(size, size) for size in found] for path, found in sizes}
    for point in event.get("points", ()):
        point["values"] = _numbers(point["values"])
    return event


def decode_lines(lines: Iterator[bytes]) -> Iterator[Event]:
    """Every whole event; a line torn by a crash is passed over."""
    for line in lines:
        try:
            yield decode(line)
        except ValueError:
            continue


def _spelled(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {key: _spelled(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_spelled(value) for value in item]
    if isinstance(item, float) and not math.isfinite(item):
        return "NaN" if math.isnan(item) else "Infinity" if item > 0 else "-Infinity"
    return item


def _numbers(logs: Any) -> Any:
    if isinstance(logs, list):
        return [_numbers(item) for item in logs]
    return {name: _WORDS.get(value, value) for name, value in (logs or {}).items()}
