"""Projects on disk: ``.loom`` archives and bare ``.loom.json`` documents. Nothing in them is ever executed."""

from graph_engine.project.archive import load, read, save, written
from graph_engine.project.errors import ProjectError
from graph_engine.project.records import Origin, Project, RunRecord

__all__ = ["Origin", "Project", "ProjectError", "RunRecord", "load", "read", "save", "written"]
