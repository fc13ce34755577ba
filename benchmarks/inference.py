"""One row through each of the nine models, beside ONNX Runtime and torch: how long a person waits for an answer.

    python -m benchmarks inference [--cases a32,b] [--seconds 1] [--repeats 3]

Layerloom answers through `Model.predict_on_batch`, ONNX Runtime through `InferenceSession.run` on what torch exports,
torch through a module in inference mode; all on every core, each in a process of its own. Answers are compared.
Results go to ``benchmarks/results/inference.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks._contest import THREADS
from benchmarks._nine import CASES, Case
from benchmarks._ratios import OURS, means, ratios
from benchmarks._turns import turn

PEERS: Final = ("onnxruntime", "torch")
RESULTS: Final = Path(__file__).parent / "results" / "inference.json"
TOLERANCE: Final = 1e-3
WARM_UP: Final = 20


def main(arguments: Sequence[str] = ()) -> None:
    options = _options(arguments)
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="layerloom-bench-") as folder:
        for case in options.cases:
            results[case] = _contest(case, Path(folder), options)
            print(_line(case, results[case]), flush=True)
    for who, mean in means(map(ratios, results.values())).items():
        if who in PEERS:
            print(
                f"geometric mean over {who}: x{mean['min']:.2f}/{mean['median']:.2f}, least x{mean['least']:.2f}"
            )
    RESULTS.parent.mkdir(exist_ok=True)
    told = {case: {who: _times(one) for who, one in found.items()} for case, found in results.items()}
    RESULTS.write_text(json.dumps({"threads": THREADS, "cases": told}, indent=1) + "\n")


def _times(found: dict[str, Any]) -> dict[str, float]:
    return {"min": found["min"], "median": found["median"]}


def _contest(case: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """By contestant; ours runs first in each turn and leaves its weights for the others."""
    turns: dict[str, list[dict[str, Any]]] = {}
    for _ in range(options.repeats):
        for who in (OURS, *PEERS):
            if found := turn("benchmarks.inference", "--one", who, case, str(options.seconds), str(folder)):
                turns.setdefault(who, []).append(found)
    return {
        who: {
            "min": min(turn["min"] for turn in found),
            "median": median(turn["median"] for turn in found),
            "answer": found[0]["answer"],
        }
        for who, found in turns.items()
    }


def _line(case: str, found: dict[str, Any]) -> str:
    if OURS not in found:
        return f"{case:5} did not run"
    mine = found[OURS]
    parts = [f"{case:5}{1000 * mine['min']:9.1f}/{1000 * mine['median']:<9.1f} us"]
    for peer in PEERS:
        if peer in found:
            theirs = found[peer]
            of = ratios(found)[peer]
            took = f"{1000 * theirs['min']:.1f}/{1000 * theirs['median']:.1f}"
            alike = np.allclose(mine["answer"], theirs["answer"], atol=TOLERANCE)
            times = f"x{of['min']:.2f}/{of['median']:.2f}"
            parts.append(f"{peer} {took} {times}{'' if alike else ' ANSWERS DIFFER'}")
    return "  ".join(parts)


def _one(who: str, name: str, seconds: float, folder: Path) -> None:
    """In a process of its own: prints the best and the median time of one row in milliseconds, and the answer."""
    case = CASES[name]
    rows = [x[:1] for x in case.data(1)[0]]
    answer = _answerer(who, name, case, folder, rows)
    for _ in range(WARM_UP):
        found = answer(rows)
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        begin = time.perf_counter()
        answer(rows)
        times.append(1000 * (time.perf_counter() - begin))
    result = {"min": min(times), "median": median(times), "answer": np.asarray(found).ravel().tolist()}
    print(json.dumps(result), flush=True)


def _answerer(who: str, name: str, case: Case, folder: Path, rows: list[Any]) -> Callable[[list[Any]], Any]:
    if who == OURS:
        from benchmarks._contest import contestant

        return contestant(OURS, name, folder).model.predict_on_batch  # type: ignore[no-any-return]  # of any contestant
    import torch

    net, tensors = _module(name, case, folder, rows)
    if who == "torch":
        torch.set_num_threads(THREADS)

        def answer(_rows: list[Any]) -> Any:
            with torch.inference_mode():
                return torch.softmax(net(*tensors), -1).numpy()

        return answer
    return _onnx(net, tensors, folder / f"{name}.onnx")


def _module(name: str, case: Case, folder: Path, rows: list[Any]) -> tuple[Any, list[Any]]:
    """The peers' module with our weights, and the row as it takes it: pictures with channels first."""
    import torch

    from benchmarks._torch_models import module

    with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
        weights: dict[str, list[Any]] = {}
        for key in sorted(file.files):
            weights.setdefault(key[:3], []).append(file[key])
    net = module(case, list(weights.values())).eval()
    tensors = [torch.from_numpy(np.ascontiguousarray(row)) for row in rows]
    if len(case.inputs[0]) == 3:
        tensors = [row.permute(0, 3, 1, 2).contiguous() for row in tensors]
    return net, [row.long() if row.dtype == torch.int32 else row for row in tensors]


def _onnx(net: Any, tensors: list[Any], path: Path) -> Callable[[list[Any]], Any]:
    import onnxruntime
    import torch

    names = [f"x{number}" for number in range(len(tensors))]
    torch.onnx.export(_softened(net), tuple(tensors), str(path), input_names=names, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = {name: row.numpy() for name, row in zip(names, tensors, strict=True)}
    return lambda _rows: session.run(None, feeds)[0]


def _softened(net: Any) -> Any:
    """A module with a softmax behind, whatever its inputs."""
    import torch

    class Softened(torch.nn.Module):  # type: ignore[misc]  # torch may not be installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, *rows: Any) -> Any:
            return torch.softmax(self.net(*rows), -1)

    return Softened().eval()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench inference", description=__doc__)
    parser.add_argument("--cases", type=lambda text: text.split(","), default=list(CASES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], sys.argv[3], float(sys.argv[4]), Path(sys.argv[5]))
    else:
        main(sys.argv[1:])
