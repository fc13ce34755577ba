"""Everything a person can do to a document, each as one command."""

from graph_engine.document.commands.adopting import Adopt
from graph_engine.document.commands.base import Command, DraftCommand, Edit, Refusal, Sequence
from graph_engine.document.commands.clipboard import Duplicate, Paste
from graph_engine.document.commands.layers import Configure, Rename, RenameGraph, SetTrainable
from graph_engine.document.commands.nesting import Group, ReorderTerminals, Ungroup
from graph_engine.document.commands.nodes import (
    AddCall,
    AddNode,
    Bypass,
    Move,
    Remove,
    RemoveReconnect,
    Replace,
    Unlink,
)
from graph_engine.document.commands.remarks import AddFrame, AddNote, EditFrame, EditNote
from graph_engine.document.commands.training import (
    Bind,
    Describe,
    RemoveSource,
    SetObjective,
    SetSource,
    SetSplit,
    SetTraining,
)
from graph_engine.document.commands.whole import Become
from graph_engine.document.commands.wires import (
    Bend,
    Connect,
    Disconnect,
    InsertNodeOnEdge,
    InsertOnEdge,
    MergeOnEdge,
    MoveWire,
    MoveWires,
    ReorderPorts,
)

__all__ = [
    "AddCall",
    "AddFrame",
    "AddNode",
    "AddNote",
    "Adopt",
    "Become",
    "Bend",
    "Bind",
    "Bypass",
    "Command",
    "Configure",
    "Connect",
    "Describe",
    "Disconnect",
    "DraftCommand",
    "Duplicate",
    "Edit",
    "EditFrame",
    "EditNote",
    "Group",
    "InsertNodeOnEdge",
    "InsertOnEdge",
    "MergeOnEdge",
    "Move",
    "MoveWire",
    "MoveWires",
    "Paste",
    "Refusal",
    "Remove",
    "RemoveReconnect",
    "RemoveSource",
    "Rename",
    "RenameGraph",
    "ReorderPorts",
    "ReorderTerminals",
    "Replace",
    "Sequence",
    "SetObjective",
    "SetSource",
    "SetSplit",
    "SetTrainable",
    "SetTraining",
    "Ungroup",
    "Unlink",
]
