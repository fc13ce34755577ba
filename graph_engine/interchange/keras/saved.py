"""What a ``config.json`` says, as records: models, their layers, and the calls of each layer.

Nothing is looked up and nothing is built here; whatever is not as Keras writes it raises KerasError with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from graph_engine.document import unique_name
from graph_engine.document.structure import MAX_NESTING
from graph_engine.interchange.keras.errors import KerasError

FUNCTIONAL: Final = "Functional"
SEQUENTIAL: Final = "Sequential"
TIME_DISTRIBUTED: Final = (
    "TimeDistributed"  # around a model, a model itself: of one layer, called at every step
)
INPUT_LAYER: Final = "InputLayer"
_MODELS: Final = (FUNCTIONAL, SEQUENTIAL, "Model")


class Ref(NamedTuple):
    """One output tensor of one call of a layer."""

    layer: str
    call: int
    output: int


@dataclass(frozen=True, slots=True)
class SavedCall:
    """The arguments of one call: ``Ref`` where a tensor enters, else values as Python has them."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SavedLayer:
    """A layer or operation. ``shared`` is what all records of one object have in common; ``model``: what it holds.

    ``within``: the layer whose activation it was.
    """

    name: str
    module: str
    kind: str
    registered: str | None
    config: Mapping[str, Any]
    calls: tuple[SavedCall, ...]
    shared: int | None = None
    model: SavedModel | None = None
    within: str | None = None

    @property
    def is_input(self) -> bool:
        return self.kind == INPUT_LAYER and of_keras(self.module)

    @property
    def is_operation(self) -> bool:
        """Whether it has no place among ``model.layers``, and so none in the weights file."""
        return self.module.startswith(("keras.src.ops.", "keras.ops", "keras.src.activations"))


@dataclass(frozen=True, slots=True)
class SavedModel:
    """``inputs`` and ``outputs``: a Ref, or lists and dicts of them, as the model was given them."""

    name: str
    kind: str
    trainable: bool
    layers: tuple[SavedLayer, ...]
    inputs: Any
    outputs: Any


def of_keras(module: str) -> bool:
    return module == "keras" or module.startswith("keras.")


def parse_model(value: Any, depth: int = 0) -> SavedModel:
    """A model from its serialized form. Raises KerasError."""
    if depth > MAX_NESTING:
        raise KerasError(f"models are nested more than {MAX_NESTING} levels deep")
    record = mapping(value, "the model")
    kind, module = text(record.get("class_name"), "class_name"), module_of(record)
    if not is_model(kind, module):
        raise KerasError(
            f"the model is of the class {kind!r}, which is no Functional or Sequential model of Keras: "
            "its code is not in the file, and would not be run if it were"
        )
    config = mapping(record.get("config"), f"the config of {kind}")
    if kind == SEQUENTIAL:
        return _sequential(config, record, depth)
    layers = tuple(_layer(each, depth) for each in listed(config.get("layers"), "layers"))
    offsets = {layer.name: 1 for layer in layers if layer.model and layer.model.kind == FUNCTIONAL}
    return SavedModel(
        text(config.get("name") or "model", "the model's name"),
        FUNCTIONAL,
        config.get("trainable") is not False,
        layers,
        _structure(config.get("input_layers"), offsets),
        _structure(config.get("output_layers"), offsets),
    )


def is_model(kind: str, module: str) -> bool:
    return kind in _MODELS and of_keras(module)


def flatten(structure: Any) -> Iterator[Any]:
    """The leaves in Keras' order: lists as they are, dicts by sorted keys."""
    if isinstance(structure, Mapping):
        for key in sorted(structure):
            yield from flatten(structure[key])
    elif isinstance(structure, list) or type(structure) is tuple:
        for item in structure:
            yield from flatten(item)
    else:
        yield structure


def refs(call: SavedCall) -> Iterator[Ref]:
    """Every tensor that enters a call."""
    for value in flatten([*call.args, dict(call.kwargs)]):
        if isinstance(value, Ref):
            yield value


def _layer(value: Any, depth: int) -> SavedLayer:
    record = mapping(value, "a layer")
    kind, module = text(record.get("class_name"), "the class_name of a layer"), module_of(record)
    config = record.get("config")
    config = mapping({} if config is None else config, f"the config of a {kind}")
    name = text(record.get("name") or config.get("name"), f"the name of a {kind}")
    shared = record.get("shared_object_id")
    calls = tuple(_call(each, name) for each in listed(record.get("inbound_nodes", []), f"calls of {name}"))
    registered = record.get("registered_name")
    return SavedLayer(
        name,
        module,
        kind,
        None if registered is None else text(registered, f"the registered_name of {name}"),
        config,
        tuple(call for call in calls if call.args or call.kwargs),
        shared if isinstance(shared, int) else None,
        _model(record, kind, module, depth + 1),
    )


def _model(record: Mapping[str, Any], kind: str, module: str, depth: int) -> SavedModel | None:
    if is_model(kind, module):
        return parse_model(record, depth)
    return _at_each_step(record, depth) if kind == TIME_DISTRIBUTED and of_keras(module) else None


def _at_each_step(record: Mapping[str, Any], depth: int) -> SavedModel | None:
    """The graph of one step, of the model that is called there; None around a layer that is no model."""
    config = record["config"]
    if depth > MAX_NESTING or not isinstance(config.get("layer"), Mapping):
        return None
    inner = _layer(config["layer"], depth)
    if inner.model is None:
        return None
    name = text(config.get("name") or "time_distributed", "the name of a TimeDistributed")
    entrance = _entrance(name, inner, config["layer"])
    tensor = Ref(entrance.name, 0, 0)
    called = replace(inner, calls=(SavedCall((tensor,), {}),))
    trainable = config.get("trainable") is not False
    return SavedModel(name, TIME_DISTRIBUTED, trainable, (entrance, called), tensor, Ref(inner.name, 0, 0))


def _entrance(name: str, inner: SavedLayer, record: Mapping[str, Any]) -> SavedLayer:
    """The input of one step: that of the model; with steps within the step, as many as it was built for."""
    assert inner.model is not None
    entering, leaving = list(flatten(inner.model.inputs)), list(flatten(inner.model.outputs))
    if len(entering) != 1 or len(leaving) != 1:
        raise KerasError(
            f"{name}: {inner.name} has {len(entering)} inputs and {len(leaving)} outputs; "
            "only a model with one of each is applied to every step"
        )
    found = next((layer for layer in inner.model.layers if layer.name == entering[0].layer), None)
    if found is None or not found.is_input:
        raise KerasError(f"{inner.name} lists {entering[0].layer!r} as its input, which is no Input")
    given = dict(found.config)
    if inner.model.kind == TIME_DISTRIBUTED:
        shape = listed(given.get("batch_shape"), f"the shape of {found.name}")
        build = record.get("build_config")
        built = build.get("input_shape") if isinstance(build, Mapping) else None
        steps = built[1] if isinstance(built, list) and len(built) == len(shape) + 1 else None
        given["batch_shape"] = [*shape[:1], steps, *shape[1:]]
    return replace(found, name=f"{found.name}_of_{name}", config=given, calls=(), shared=None)


def _call(value: Any, name: str) -> SavedCall:
    if isinstance(value, list):  # as Keras 2 wrote it
        return _old_call(value, name)
    record = mapping(value, f"a call of {name}")
    args = listed(record.get("args", []), f"the arguments of {name}")
    kwargs = mapping(record.get("kwargs", {}), f"the named arguments of {name}")
    return SavedCall(
        tuple(_argument(each) for each in args), {key: _argument(item) for key, item in kwargs.items()}
    )


def _old_call(value: list[Any], name: str) -> SavedCall:
    found, kwargs = [], {}
    for each in value:
        entry = listed(each, f"a call of {name}")
        found.append(_ref(entry[:3]))
        if len(entry) > 3:
            kwargs = dict(mapping(entry[3], f"the named arguments of {name}"))
    tensors: Any = found[0] if len(found) == 1 else found
    return SavedCall((tensors,) if found else (), kwargs)


def _argument(value: Any) -> Any:
    """A tensor as Ref, other serialized objects as Python's; what is none of Keras' stays as it is."""
    if isinstance(value, list):
        return [_argument(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if "class_name" not in value or not isinstance(config, Mapping):
        return {key: _argument(item) for key, item in value.items()}
    match value["class_name"]:
        case "__keras_tensor__":
            return _ref(config.get("keras_history"))
        case "__slice__":
            return slice(*(_argument(config.get(end)) for end in ("start", "stop", "step")))
        case "__ellipsis__":
            return ...
        case "__numpy__" | "__tensor__":
            return {"value": config.get("value"), "dtype": config.get("dtype")}
        case "DTypePolicy":
            return config.get("name")
    return value


def _ref(value: Any) -> Ref:
    match value:
        case [str(layer), int(call), int(output)] if call >= 0 and output >= 0:
            return Ref(layer, call, output)
    raise KerasError(f"expected a tensor as layer, call and output, got {str(value)[:80]}")


def _structure(value: Any, offsets: Mapping[str, int]) -> Any:
    """In the model's own inputs and outputs, a nested Functional model counts a call that is not in the file."""
    match value:
        case [str(layer), int(call), int(output)]:
            return _ref([layer, call - offsets.get(layer, 0), output])
        case dict():
            return {text(key, "a key"): _structure(item, offsets) for key, item in value.items()}
        case list() if value:
            return [_structure(item, offsets) for item in value]
    raise KerasError(f"expected a model's inputs or outputs, got {str(value)[:80]}")


def _sequential(config: Mapping[str, Any], record: Mapping[str, Any], depth: int) -> SavedModel:
    """A chain, its calls written out."""
    name = text(config.get("name") or "sequential", "the model's name")
    layers = [_layer(each, depth) for each in listed(config.get("layers"), "layers")]
    if not layers or not layers[0].is_input:
        layers.insert(0, _implied_input(name, config, record, layers))
    tensor = Ref(layers[0].name, 0, 0)
    chained = [layers[0]]
    for layer in layers[1:]:  # one object may stand in the chain twice: it then has a record for each place
        again = unique_name(layer.name, [each.name for each in chained])
        chained.append(replace(layer, name=again, calls=(SavedCall((tensor,), {}),)))
        tensor = Ref(again, 0, 0)
    return SavedModel(name, SEQUENTIAL, True, tuple(chained), Ref(layers[0].name, 0, 0), tensor)


def _implied_input(
    name: str, config: Mapping[str, Any], record: Mapping[str, Any], layers: Sequence[SavedLayer]
) -> SavedLayer:
    """The input of a chain that was not told one: the shape it was built for, or its first layer's."""
    build = record.get("build_config")
    first = layers[0] if layers else None
    inner = _first_input(first.model) if first and first.model else None
    shape = config.get("build_input_shape")
    shape = shape or (build.get("input_shape") if isinstance(build, Mapping) else None)
    shape = shape or (first.config.get("batch_input_shape") if first else None)
    if inner is not None and not shape:
        return replace(inner, name=f"{inner.name}_of_{name}", calls=())
    if not shape:
        raise KerasError(
            f"the Sequential model {name!r} was saved before it knew its input's shape; in Keras, give it an Input "
            "as its first layer or call it once, and save it again"
        )
    embeds = first is not None and first.kind == "Embedding"
    dtype = inner.config.get("dtype") if inner else "int32" if embeds else "float32"
    given = {"batch_shape": shape, "dtype": dtype, "name": f"{name}_input"}
    return SavedLayer(f"{name}_input", "keras.layers", INPUT_LAYER, None, given, ())


def _first_input(model: SavedModel) -> SavedLayer | None:
    return next((layer for layer in model.layers if layer.is_input), None)


def module_of(record: Mapping[str, Any]) -> str:
    """Custom classes may have no module."""
    module = record.get("module")
    return "" if module is None else text(module, "a module")


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise KerasError(f"{what}: expected an object, got {str(value)[:80]}")
    return value


def listed(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise KerasError(f"{what}: expected a list, got {str(value)[:80]}")
    return value


def text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise KerasError(f"{what}: expected text, got {str(value)[:80]}")
    return value
