"""``python3 dev.py docs``: the reference of layers and what of Keras is left out, from the classes themselves, and
what was measured."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from graph_engine.layers import left_out as layers_left_out
from graph_engine.layers.base import LAYERS, Layer
from graph_engine.layers.operations import left_out as operations_left_out
from graph_engine.params import ParamError
from tools.speed_page import PLOT, speed_page, sweeps_plot

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- written by `python3 dev.py docs`; do not edit -->"


def layers_page() -> str:
    """Every layer with its parameters, by family; operations by name."""
    own = [cls for cls in LAYERS.values() if cls.keras.module in ("layers", "")]
    operations = [cls for cls in LAYERS.values() if cls.keras.module.startswith("ops")]
    parts = [
        "# Layers",
        NOTE,
        f"{len(own)} layers and {len(operations)} tensor operations. Parameters are called as in Keras; a layer is "
        "opened from and written to `.keras` files under Keras' name.",
    ]
    for family in dict.fromkeys(cls.family for cls in own):
        parts.append(f"## {family.capitalize()}")
        parts += [_layer(cls) for cls in own if cls.family == family]
    parts.append("## Tensor operations")
    parts.append("Nodes that saved models hold as `keras.ops`; searching on the canvas finds them.")
    parts.append(
        "\n".join(sorted(f"- `{cls.keras.name}` ({cls.title}): {cls.summary()}" for cls in operations))
    )
    return "\n\n".join(parts) + "\n"


def left_out_page() -> str:
    """What Keras has and this engine does not, each with the reason."""
    parts = [
        "# Left out",
        NOTE,
        "Files that use one of these open with a problem that names it; nothing is guessed.",
    ]
    for heading, left in (
        ("Layers", layers_left_out.LEFT_OUT),
        ("Tensor operations", operations_left_out.LEFT_OUT),
    ):
        parts.append(f"## {heading}")
        parts.append("\n".join(_reasons(left)))
    return "\n\n".join(parts) + "\n"


PAGES = {
    "layers.md": layers_page,
    "left-out.md": left_out_page,
    "speed.md": lambda: speed_page(NOTE),
    PLOT: sweeps_plot,
}


def main() -> int:
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def _layer(cls: type[Layer]) -> str:
    lines = [f"### {cls.title}", cls.summary(), *([f"`{cls.formula}`"] if cls.formula else [])]
    if cls.params():
        lines.append("\n".join(_parameters(cls)))
    if cls.keras.ignored:
        names = ", ".join(f"`{name}`" for name in cls.keras.ignored)
        lines.append(f"Of Keras' arguments {names} change no number here.")
    return "\n\n".join(lines)


def _parameters(cls: type[Layer]) -> Iterator[str]:
    try:
        values = cls().config()
    except ParamError:  # it has parameters without a default that would do
        values = {}
    yield "| parameter | default | |"
    yield "| --- | --- | --- |"
    for name, param in cls.params().items():
        default = values.get(name)
        shown = default["type"] if isinstance(default, dict) and "type" in default else default
        text = f"{param.help} ({param.describe()})".replace("|", "\\|")
        yield f"| `{name}` | `{shown}` | {text} |"


def _reasons(left: Mapping[str, str]) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in left.items():
        by_reason.setdefault(reason.rstrip("."), []).append(name)
    for reason, names in by_reason.items():
        yield f"- {', '.join(f'`{name}`' for name in names)}: {reason}."


if __name__ == "__main__":
    sys.exit(main())
