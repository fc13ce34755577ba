"""The command that compiles native kernels; training starts it by itself where they are missing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from graph_engine.values import LayerloomError


def kernels_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--where", action="store_true", help="only print the folder they are kept in")


def kernels(options: Namespace) -> int:
    try:
        from graph_engine.kernels.native import warm
        from graph_engine.kernels.native.library import cache_folder
    except ImportError as error:
        raise LayerloomError(
            f"there is no compiler here ({error}); training runs its numpy definitions, which are slower"
        ) from error
    if options.where:
        print(cache_folder())
        return 0
    if not warm.missing():
        print("every kernel is compiled")
        return 0
    return warm.main()
