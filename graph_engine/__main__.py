"""``python -m graph_engine``: the commands that need no window, on a machine without Qt."""

import sys

from graph_engine.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
