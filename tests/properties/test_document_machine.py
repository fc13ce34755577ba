"""Random sessions at the canvas: whatever is done, in whatever order, the document stays whole.

After every step the invariants hold. Undo and redo give back the very documents that were there. Saving and
reopening changes nothing. What only rearranges the drawing leaves what it computes as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graph_engine.document import (
    INPUT,
    MAIN,
    MODEL,
    OUTPUT,
    AddCall,
    AddFrame,
    AddNode,
    AddNote,
    Bend,
    Bypass,
    Command,
    Configure,
    Connect,
    Disconnect,
    Document,
    Duplicate,
    Edit,
    Fragment,
    Graph,
    Group,
    InsertNodeOnEdge,
    InsertOnEdge,
    MergeOnEdge,
    Move,
    MoveWire,
    MoveWires,
    Objective,
    Paste,
    Point,
    Port,
    Remove,
    RemoveReconnect,
    Rename,
    ReorderPorts,
    ReorderTerminals,
    Replace,
    SetObjective,
    SetTrainable,
    Store,
    Ungroup,
    Unlink,
    check_invariants,
    copy,
    diff,
    from_text,
    is_numbered,
    nested_graph,
    to_text,
    topological_order,
    wiring,
)
from tests.engine.drawing import Drawing
from tests.properties.meaning import meaning

T = TypeVar("T")
PLAIN = ("Dense", "Conv2D", "ReLU")
LISTS = ("Add", "Concatenate")
number = st.integers(0, 1_000)
numbers = st.lists(number, min_size=1, max_size=4)
place = st.builds(Point, st.floats(-500, 500), st.floats(-500, 500))


def pick(options: Sequence[T], index: int) -> T:
    return options[index % len(options)]


def without_counter(document: Document) -> Document:
    """The document but for the counter of ids, which never goes back."""
    return replace(document, next_id=0)


def residual_models() -> Document:
    """A block that shares a layer with its surroundings, called twice, around another that is used twice."""
    draw = Drawing()
    image = draw.node("Input", name="image")
    stem = draw.node("Dense", image, name="stem")
    again = draw.call(stem, stem)
    first = draw.node("Dense", again, name="inside")
    model = draw.do(Group(MAIN, (first,), "pair", expose_outputs=(Port(first, "output"),))).created[0]
    twin = draw.do(Duplicate(MAIN, (model,))).created[0]
    added = draw.node("Add", *(exits(draw, node)[0] for node in (model, twin)))
    outer = draw.do(
        Group(MAIN, (again, model, twin, added), "block", expose_outputs=(Port(added, "output"),))
    )
    block = outer.created[0]
    second = draw.do(AddCall(MAIN, draw.document.main.nodes[block].layer, Point(9, 9))).created[0]
    inner = draw.document.graphs[draw.document.layer_of(MAIN, block).config["graph"]]
    draw.connect(exits(draw, block)[0], Port(second, inner.inputs[0]))
    draw.node("Output", exits(draw, second)[0], name="result")
    draw.node("Output", exits(draw, block)[0], name="early")
    return draw.document


def exits(draw: Drawing, node: str) -> list[Port]:
    """The output ports of a model's call."""
    inner = draw.document.graphs[draw.document.layer_of(MAIN, node).config["graph"]]
    return [Port(node, name) for name in inner.outputs]


class DocumentMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = Store(Document())
        self.past: list[Document] = []
        self.future: list[Document] = []
        self.clip: Fragment | None = None

    @property
    def document(self) -> Document:
        return self.store.document

    def graph(self, index: int) -> Graph:
        return pick(list(self.document.graphs.values()), index)

    def nodes(self, graph: Graph, indices: Sequence[int]) -> tuple[str, ...]:
        return (
            tuple(dict.fromkeys(pick(list(graph.nodes), index) for index in indices)) if graph.nodes else ()
        )

    def source(self, graph: Graph, index: int) -> Port:
        node = pick(list(graph.nodes), index)
        inner = nested_graph(self.document.layer_of(graph.id, node))
        outputs = self.document.graphs[inner].outputs if inner else ()
        return Port(node, pick(outputs, index) if outputs else "output")

    def target(self, graph: Graph, index: int) -> Port:
        node = pick(list(graph.nodes), index)
        layer = self.document.layer_of(graph.id, node)
        inner = nested_graph(layer)
        inputs = self.document.graphs[inner].inputs if inner else ()
        name = str(index % 4) if layer.type in LISTS else "input"
        return Port(node, pick(inputs, index) if inputs else name)

    def do(self, command: Command, same_meaning: bool = False) -> Edit | None:
        """Dispatch, and hold the answer to what every command promises."""
        before = self.document
        dry = command.apply(before)
        self.store.seal()
        answer = self.store.dispatch(command)
        assert dry == answer
        assert command.label
        if not isinstance(answer, Edit):
            assert self.document is before
            assert answer.reason.endswith(".")
            return None
        if diff(before, self.document):
            self.past.append(before)
            self.future.clear()
        if same_meaning:
            outputs = tuple(node for node in before.main.outputs if node in self.document.main.outputs)
            assert meaning(self.document, outputs) == meaning(before, outputs)
        return answer

    @initialize(rich=st.booleans())
    def start(self, rich: bool) -> None:
        """Half of the sessions start from a drawing that has everything: a shared layer, a residual, models."""
        if rich:
            self.store.open(residual_models())

    # Drawing

    @rule(graph=number, kind=st.sampled_from((*PLAIN, *LISTS)), at=place, fed=st.none() | number)
    def add(self, graph: int, kind: str, at: Point, fed: int | None) -> None:
        where = self.graph(graph)
        source = self.source(where, fed) if fed is not None and where.nodes else None
        port = "0" if kind in LISTS else "input"
        edit = self.do(
            AddNode(where.id, kind, {"units": 3}, at, source=source, target_port=port), same_meaning=True
        )
        assert edit is None or self.document.layer_of(where.id, edit.created[0]).type == kind

    @rule(graph=number, kind=st.sampled_from((INPUT, OUTPUT)), fed=number)
    def add_terminal(self, graph: int, kind: str, fed: int) -> None:
        where = self.graph(graph)
        source = self.source(where, fed) if where.nodes and kind == OUTPUT else None
        self.do(AddNode(where.id, kind, {"shape": [2]}, source=source))

    @rule(graph=number, layer=number)
    def call_again(self, graph: int, layer: int) -> None:
        if self.document.layers:
            self.do(
                AddCall(self.graph(graph).id, pick(list(self.document.layers), layer), None),
                same_meaning=True,
            )

    @rule(graph=number, start=number, end=number)
    def connect(self, graph: int, start: int, end: int) -> None:
        where = self.graph(graph)
        if where.nodes:
            source, target = self.source(where, start), self.target(where, end)
            if self.do(Connect(where.id, source, target)):
                assert source in {edge.source for edge in self.document.graphs[where.id].edges.values()}

    @rule(graph=number, edge=number)
    def disconnect(self, graph: int, edge: int) -> None:
        where = self.graph(graph)
        if where.edges:
            self.do(Disconnect(where.id, (pick(list(where.edges), edge),)))

    @rule(graph=number, edge=number, points=st.lists(place, max_size=2))
    def bend(self, graph: int, edge: int, points: list[Point]) -> None:
        where = self.graph(graph)
        if where.edges:
            self.do(Bend(where.id, pick(list(where.edges), edge), tuple(points)), same_meaning=True)

    @rule(graph=number, edge=number, end=number)
    def move_wire(self, graph: int, edge: int, end: int) -> None:
        where = self.graph(graph)
        if where.edges:
            self.do(MoveWire(where.id, pick(list(where.edges), edge), self.target(where, end)))

    @rule(graph=number, start=number, end=number)
    def move_wires(self, graph: int, start: int, end: int) -> None:
        where = self.graph(graph)
        if where.nodes:
            source, to = self.source(where, start), self.source(where, end)
            count = sum(edge.source == source for edge in where.edges.values())
            if self.do(MoveWires(where.id, source, to)):
                edges = self.document.graphs[where.id].edges.values()
                assert sum(edge.source == to for edge in edges) >= count

    @rule(graph=number, edge=number, other=number, how=st.sampled_from(("new", "node", "merge")))
    def insert(self, graph: int, edge: int, other: int, how: str) -> None:
        where = self.graph(graph)
        if where.edges:
            wire = pick(list(where.edges), edge)
            if how == "new":
                self.do(InsertOnEdge(where.id, wire, "Dense"))
            elif how == "node":
                port, node = self.target(where, other), pick(list(where.nodes), other)
                self.do(InsertNodeOnEdge(where.id, wire, node, port.name, self.source(where, other).name))
            else:
                self.do(MergeOnEdge(where.id, self.source(where, other), wire, "Add"))

    @rule(graph=number, chosen=numbers, reconnect=st.booleans())
    def remove(self, graph: int, chosen: list[int], reconnect: bool) -> None:
        where = self.graph(graph)
        nodes = self.nodes(where, chosen)
        self.do(RemoveReconnect(where.id, nodes) if reconnect else Remove(where.id, nodes))

    @rule(graph=number, node=number, kind=st.sampled_from((*PLAIN, *LISTS)))
    def replace(self, graph: int, node: int, kind: str) -> None:
        where = self.graph(graph)
        if where.nodes:
            self.do(Replace(where.id, pick(list(where.nodes), node), kind))

    @rule(graph=number, node=number, model=number)
    def replace_by_model(self, graph: int, node: int, model: int) -> None:
        where = self.graph(graph)
        if where.nodes:
            inner = pick(list(self.document.graphs), model)
            self.do(Replace(where.id, pick(list(where.nodes), node), MODEL, {"graph": inner}))

    # Arranging

    @rule(graph=number, chosen=numbers, at=place)
    def move(self, graph: int, chosen: list[int], at: Point) -> None:
        where = self.graph(graph)
        self.do(Move(where.id, dict.fromkeys(self.nodes(where, chosen), at), "drag"), same_meaning=True)

    @rule(graph=number, at=place)
    def remark(self, graph: int, at: Point) -> None:
        self.do(AddFrame(self.graph(graph).id, "block", at.x, at.y, 300, 200), same_meaning=True)
        self.do(AddNote(self.graph(graph).id, "why", at.x, at.y), same_meaning=True)

    @rule(graph=number, node=number, turn=number)
    def reorder(self, graph: int, node: int, turn: int) -> None:
        where = self.graph(graph)
        turned = tuple(where.inputs[turn % 3 :] + where.inputs[: turn % 3])
        self.do(ReorderTerminals(where.id, turned, where.outputs[::-1]), same_meaning=True)
        if where.nodes:
            one = pick(list(where.nodes), node)
            ports = tuple(name for name in wiring(where).incoming(one) if is_numbered(name))
            self.do(ReorderPorts(where.id, one, ports[::-1]))

    # Layers

    @rule(layer=number, name=st.sampled_from(("a", "b", "input", "output", "dense", "dense_1")))
    def rename(self, layer: int, name: str) -> None:
        if self.document.layers:
            self.do(Rename(pick(list(self.document.layers), layer), name), same_meaning=True)

    @rule(layer=number, value=st.integers(1, 3))
    def configure(self, layer: int, value: int) -> None:
        if self.document.layers:
            self.do(Configure((pick(list(self.document.layers), layer),), "units", value))

    @rule(layer=number, trainable=st.booleans())
    def freeze(self, layer: int, trainable: bool) -> None:
        if self.document.layers:
            self.do(SetTrainable((pick(list(self.document.layers), layer),), trainable), same_meaning=True)

    @rule(graph=number, chosen=numbers, bypassed=st.booleans())
    def bypass(self, graph: int, chosen: list[int], bypassed: bool) -> None:
        where = self.graph(graph)
        self.do(Bypass(where.id, self.nodes(where, chosen), bypassed))

    @rule(output=number)
    def aim(self, output: int) -> None:
        if self.document.main.outputs:
            self.do(SetObjective(pick(self.document.main.outputs, output), Objective()), same_meaning=True)

    # Copies and groups

    @rule(graph=number, chosen=numbers)
    def unlink(self, graph: int, chosen: list[int]) -> None:
        where = self.graph(graph)
        nodes = self.nodes(where, chosen)
        if self.do(Unlink(where.id, nodes)):
            called = [self.document.graphs[where.id].nodes[node].layer for node in nodes]
            assert len(set(called)) == len(called)

    @rule(graph=number, chosen=numbers)
    def copy(self, graph: int, chosen: list[int]) -> None:
        where = self.graph(graph)
        self.clip = copy(self.document, where.id, self.nodes(where, chosen))
        assert check_invariants(self.clip.document) == []
        assert Fragment.from_text(self.clip.to_text()) == self.clip

    @precondition(lambda self: self.clip is not None)
    @rule(graph=number, keep_inputs=st.booleans())
    def paste(self, graph: int, keep_inputs: bool) -> None:
        assert self.clip is not None
        edit = self.do(Paste(self.graph(graph).id, self.clip, keep_inputs=keep_inputs), same_meaning=True)
        assert edit is None or len(edit.created) >= len(self.clip.document.main.nodes)

    @rule(graph=number, chosen=numbers, shared=st.booleans())
    def duplicate(self, graph: int, chosen: list[int], shared: bool) -> None:
        where = self.graph(graph)
        layers = len(self.document.layers)
        edit = self.do(Duplicate(where.id, self.nodes(where, chosen), shared=shared), same_meaning=True)
        if edit and shared:
            terminals = {*self.document.graphs[where.id].inputs, *self.document.graphs[where.id].outputs}
            assert len(self.document.layers) == layers + len(terminals & set(edit.created))

    @rule(graph=number, chosen=numbers, closed=st.booleans())
    def group(self, graph: int, chosen: list[int], closed: bool) -> None:
        where = self.graph(graph)
        nodes = self.nodes(where, chosen)
        if closed:  # take what lies between as well, so that grouping is more often possible
            order, _ = topological_order(where)
            found = [order.index(node) for node in nodes]
            nodes = tuple(order[min(found) : max(found) + 1]) if found else ()
            nodes = tuple(node for node in nodes if node not in (*where.inputs, *where.outputs))
        self.do(Group(where.id, nodes, "block"), same_meaning=True)

    @rule(graph=number, node=number)
    def ungroup(self, graph: int, node: int) -> None:
        where = self.graph(graph)
        models = [key for key in where.nodes if self.document.layer_of(where.id, key).type == MODEL]
        if models:
            chosen = pick(models, node)
            edit = self.do(Ungroup(where.id, chosen), same_meaning=True)
            assert edit or where.nodes[chosen].bypassed

    # Time

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        self.future.append(self.document)
        assert self.store.undo()
        assert without_counter(self.document) == without_counter(self.past.pop())

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.past.append(self.document)
        assert self.store.redo()
        assert without_counter(self.document) == without_counter(self.future.pop())

    @rule()
    def save_and_reopen(self) -> None:
        text = to_text(self.document)
        reopened = from_text(text)
        assert reopened == self.document
        assert to_text(reopened) == text

    @invariant()
    def is_whole(self) -> None:
        assert check_invariants(self.document) == []
        assert self.store.can_undo == bool(self.past)
        assert self.store.can_redo == bool(self.future)
        assert MAIN in self.document.graphs


TestDocument = pytest.mark.timeout(3000)(DocumentMachine.TestCase)  # a thousand sessions in CI
