"""The Qt palette of a theme: what Fusion, item views and editors draw with where no style sheet says more."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from app.theme.tokens import Theme

Role = QPalette.ColorRole

_ROLES: dict[QPalette.ColorRole, str] = {
    Role.Window: "panel",
    Role.WindowText: "text",
    Role.Base: "input",
    Role.AlternateBase: "raised",
    Role.Text: "text",
    Role.PlaceholderText: "faint",
    Role.Button: "raised",
    Role.ButtonText: "text",
    Role.BrightText: "bad",
    Role.ToolTipBase: "raised",
    Role.ToolTipText: "text",
    Role.Highlight: "accent",
    Role.HighlightedText: "on_accent",
    Role.Accent: "accent",
    Role.Link: "accent",
    Role.LinkVisited: "accent",
    Role.Light: "hover",
    Role.Midlight: "raised",
    Role.Mid: "line",
    Role.Dark: "line",
    Role.Shadow: "shadow",
}
_DISABLED: dict[QPalette.ColorRole, str] = {
    Role.WindowText: "disabled",
    Role.Text: "disabled",
    Role.ButtonText: "disabled",
    Role.Highlight: "line",
    Role.HighlightedText: "dim",
    Role.Accent: "line",
}


def palette(theme: Theme) -> QPalette:
    """The palette of a theme, its disabled group included."""
    result = QPalette()
    for role, token in _ROLES.items():
        result.setColor(role, QColor(theme.role(token)))
    for role, token in _DISABLED.items():
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.role(token)))
    return result
