"""The bundled fonts are the ones shown, in the weights asked for."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QImage, QPainter, QRawFont

from app import theme
from app.theme import fonts
from graph_engine.resources import resource


def test_qt_announces_our_families(shown: theme.Appearance) -> None:
    assert {"Inter", "JetBrains Mono"} <= set(fonts.load())


def test_the_fonts_shown_are_ours_and_not_stand_ins(shown: theme.Appearance) -> None:
    assert QFontInfo(fonts.ui()).family() == "Inter"
    assert QFontInfo(fonts.mono()).family() == "JetBrains Mono"
    assert QFontInfo(fonts.mono()).fixedPitch()


def darkness(font: QFont) -> int:
    """How much ink a word takes."""
    image = QImage(200, 40, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen(0xFFFFFFFF)
    painter.setFont(font)
    painter.drawText(5, 25, "Convolution")
    painter.end()
    return sum(bytes(image.constBits()))


def test_weights_differ(shown: theme.Appearance) -> None:
    """Inter's variable font, tried first, gave the regular weight whatever was asked for."""
    weights = (QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold)
    regular, medium, bold = (darkness(fonts.ui(weight=weight)) for weight in weights)
    assert regular * 1.03 < medium and medium * 1.03 < bold


def test_numbers_have_figures_of_one_width(shown: theme.Appearance) -> None:
    metrics = QFontMetricsF(fonts.numbers())
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_what_we_write_has_glyphs(shown: theme.Appearance) -> None:
    for font in (fonts.ui(), fonts.mono()):
        raw = QRawFont.fromFont(font)
        assert [sign for sign in "×→·…–≥≤±µ²%" if not raw.supportsCharacter(ord(sign))] == []


def test_fonts_are_small_and_licensed() -> None:
    files = list(resource("fonts").iterdir())
    assert sum(file.stat().st_size for file in files) < 3_000_000
    for family in ("Inter", "JetBrainsMono"):
        assert "SIL OPEN FONT LICENSE" in resource("fonts", f"{family}-OFL.txt").read_text()
