"""Every text and every mark that carries meaning is readable where it is painted (WCAG 2.2 AA)."""

from __future__ import annotations

import re

import pytest

from app.theme.colors import contrast, mix
from app.theme.style import values
from app.theme.tokens import DARK, FAMILIES, LIGHT, Theme
from graph_engine.resources import resource

TEXT, MARK = 4.5, 3.0  # the ratios AA asks of text and of graphics
GROUNDS = ("canvas", "panel", "raised", "input", "node")
INK = re.compile(r"(?<![-\w])color: @(\w+)")
GROUND = re.compile(r"(?<![-\w])background: @(\w+)")
BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


def test_the_formula_agrees_with_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#767676") == contrast("#767676", "#ffffff")
    assert mix("#ffffff", "#000000", 0.5) == "#808080"


@BOTH
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["text", "dim", "faint", "accent", "ok", "warn", "bad"])
def test_text_is_readable(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(theme.role(ink), theme.role(ground)) >= TEXT


@BOTH
@pytest.mark.parametrize("ink", ["text", "dim"])
@pytest.mark.parametrize("ground", ["hover", "pressed", "selection"])
def test_text_is_readable_on_grounds_that_move(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(theme.role(ink), theme.role(ground)) >= TEXT


@BOTH
@pytest.mark.parametrize("ground", ["accent", "accent_hover", "accent_pressed"])
def test_text_is_readable_on_the_accent(theme: Theme, ground: str) -> None:
    assert contrast(theme.on_accent, theme.role(ground)) >= TEXT


@BOTH
@pytest.mark.parametrize("ground", ["canvas", "panel", "raised", "node", "selection"])
@pytest.mark.parametrize("family", FAMILIES)
def test_families_stand_out(theme: Theme, family: str, ground: str) -> None:
    assert contrast(theme.family(family), theme.role(ground)) >= MARK


@BOTH
def test_marks_stand_out(theme: Theme) -> None:
    assert contrast(theme.wire, theme.canvas) >= MARK
    for curve in theme.series:
        assert contrast(curve, theme.panel) >= MARK
    for ground in GROUNDS:
        assert contrast(theme.accent, theme.role(ground)) >= MARK  # the focus ring
    for ground in ("panel", "input"):
        assert contrast(theme.disabled, theme.role(ground)) >= MARK  # outline of an empty check box


def rules() -> list[tuple[str, str]]:
    """Selector and body of the style sheets' rules that name a text colour.

    Not those of disabled controls: AA asks nothing of what cannot be used.
    """
    text = "\n".join(file.read_text() for file in sorted(resource("themes").glob("*.qss")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", text)
    return [(name.strip(), body) for name, body in found if INK.search(body) and ":disabled" not in name]


@BOTH
@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule[0].split("\n")[0])
def test_the_style_sheet_pairs_only_what_is_readable(theme: Theme, rule: tuple[str, str]) -> None:
    """Text on the background of its own rule, or on a panel where the rule names none."""
    colors = values(theme)
    ink, ground = INK.search(rule[1]), GROUND.search(rule[1])
    assert ink is not None
    assert contrast(colors[ink[1]], colors[ground[1] if ground else "panel"]) >= TEXT
