"""The line below everything: the last sentence, and what the model is in numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QStatusBar, QWidget

from app import theme
from app.bridge.progress import Compiling
from graph_engine.analysis import Analysis
from graph_engine.document import MAIN

WARNING_MS = 12_000
NOTICE_MS = 6_000


class StatusLine(QStatusBar):
    """Sentences go away by themselves; numbers stay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.parameters = theme.label("", "dim")
        self.kernels = theme.label("", "dim")
        self.training = theme.label("", "dim")
        self.zoom = theme.label("", "dim")
        for widget in (self.kernels, self.training, self.parameters, self.zoom):
            self.addPermanentWidget(widget)

    def tell(self, sentence: str, *, warning: bool = False) -> None:
        """Shows a sentence for a while; an empty one takes the last away."""
        self.showMessage(sentence, WARNING_MS if warning else NOTICE_MS)

    def show_analysis(self, analysis: Analysis) -> None:
        model = analysis.graphs[MAIN]
        frozen = model.parameters - model.trainable_parameters
        some = f", {frozen:,} of them not trained" if frozen else ""
        self.parameters.setText(f"{model.parameters:,} parameters{some}")

    def show_kernels(self, compiling: Compiling) -> None:
        """How far the compiler is; at the end, that numpy is done."""
        self.kernels.setText(compiling.words)
        if compiling.is_over:
            self.tell(compiling.outcome, warning=True)

    def show_zoom(self, scale: float) -> None:
        self.zoom.setText(f"{scale:.0%}".replace("%", " %"))
