"""Commands that look at projects without running them: templates, new, check, info."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path

from graph_engine.analysis import Problem, analyze
from graph_engine.cli.arguments import file_argument
from graph_engine.document import Document
from graph_engine.model import summary
from graph_engine.model.tables import table
from graph_engine.project import Project, load, save
from graph_engine.templates import TEMPLATES
from graph_engine.training.inspection import PlanFacts, plan_facts
from graph_engine.values import LayerloomError, bytes_text, shape_text


def templates_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON")


def templates(options: Namespace) -> int:
    if options.json:
        facts = [
            {"name": t.name, "title": t.title, "learns": t.learns, "data": t.data} for t in TEMPLATES.values()
        ]
        print(json.dumps(facts, indent=2))
    else:
        print(table(("template", "learns", "data"), [(t.name, t.learns, t.data) for t in TEMPLATES.values()]))
    return 0


def new_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("template", help="name of a template, see `layerloom templates`")
    parser.add_argument(
        "-o", "--out", required=True, type=Path, metavar="FILE", help="the .loom file to write"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def new(options: Namespace) -> int:
    if options.template not in TEMPLATES:
        raise LayerloomError(f"there is no template {options.template!r}; there are {', '.join(TEMPLATES)}")
    if options.out.exists() and not options.force:
        raise LayerloomError(f"{options.out} exists; choose another name or say --force")
    save(options.out, Project(TEMPLATES[options.template].document()))
    print(f"wrote {options.out}")
    return 0


def check_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def check(options: Namespace) -> int:
    document = load(options.file).document
    analysis = analyze(document)
    if options.json:
        print(json.dumps([_facts(document, problem) for problem in analysis.problems], indent=2))
    else:
        print("\n".join(_line(problem) for problem in analysis.problems) or "no problems")
    return 1 if analysis.errors else 0


def info_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument(
        "--plan", action="store_true", help="also list the steps a batch takes, native or numpy"
    )
    parser.add_argument(
        "--batch", type=int, metavar="N", help="rows in the plan's batch, else as in training"
    )


def info(options: Namespace) -> int:
    document = load(options.file).document
    analysis = analyze(document)
    print(summary(document, analysis))
    for problem in analysis.problems:
        print(_line(problem))
    if options.plan:
        print(_plan(plan_facts(document, options.batch or document.training.batch_size)))
    return 0


def _plan(facts: PlanFacts) -> str:
    rows = [
        (
            step.layer,
            f"{step.primitive} again" if step.is_again else step.primitive,
            shape_text(step.shape),
            "native" if step.is_native else "numpy",
        )
        for step in facts.steps
    ]
    native = sum(step.is_native for step in facts.steps)
    total = f"{native} of {len(rows)} steps to {facts.mode} run natively"
    return f"{table(('layer', 'step', 'result', 'runs'), rows)}\n{total}\n{_memory(facts)}"


def _memory(facts: PlanFacts) -> str:
    parts = {part.name: getattr(facts.memory, part.name) for part in fields(facts.memory)}
    told = ", ".join(f"{name} {bytes_text(nbytes)}" for name, nbytes in parts.items() if nbytes)
    again = f"; {bytes_text(facts.recomputed.total)} with recomputed activations"
    saves = facts.recomputed.total < facts.memory.total
    what = {"train": "training", "predict": "predicting"}[facts.mode]
    return f"{what} takes {bytes_text(facts.memory.total)} of memory: {told}{again if saves else ''}"


def _line(problem: Problem) -> str:
    fixes = "".join(f"\n    fix: {fix.label}" for fix in problem.fixes)
    return f"{problem.severity}: {problem.message}{fixes}"


def _facts(document: Document, problem: Problem) -> dict[str, object]:
    layer = document.layer_of(problem.graph, problem.node).name if problem.node else ""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "graph": problem.graph,
        "node": problem.node,
        "layer": layer,
        "port": problem.port,
        "message": problem.message,
        "fixes": [fix.label for fix in problem.fixes],
    }
