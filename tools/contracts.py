"""``python -m tools.contracts``: the import contracts of pyproject.toml."""

import sys

from importlinter.cli import lint_imports

sys.exit(lint_imports())
