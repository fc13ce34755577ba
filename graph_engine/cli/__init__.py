"""Everything without a window: ``python -m graph_engine COMMAND`` or ``layerloom COMMAND``."""

from graph_engine.cli.main import COMMANDS, main

__all__ = ["COMMANDS", "main"]
