"""``.keras`` files of strangers: opened, never executed; each fault is one sentence."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from graph_engine.analysis import analyze
from graph_engine.cli.main import main
from graph_engine.interchange import keras
from graph_engine.interchange.keras import KerasError
from graph_engine.model import Model
from graph_engine.project import load
from tests.engine.interchange.files import (
    ARRAYS,
    BIAS,
    DENSE,
    KERNEL,
    dense_model,
    entry,
    layer,
    model,
    tensor,
    weights,
    write,
)

X = np.ones((2, 3), np.float32)


def test_a_file_becomes_a_model_with_its_weights(tmp_path: Path) -> None:
    ours = Model.load(write(tmp_path / "m.keras", dense_model()))
    np.testing.assert_allclose(ours(X), X @ KERNEL + BIAS)
    assert list(ours.weights) == ["dense/kernel", "dense/bias"]
    assert ours.weights["layers/dense/vars/0"] is ours.weights["dense/kernel"]


def test_the_command_writes_a_project_that_is_laid_out(tmp_path: Path) -> None:
    file, out = write(tmp_path / "m.keras", dense_model()), tmp_path / "m.loom"
    assert main(["import", str(file), "-o", str(out)]) == 0
    project = load(out)
    assert project.document.main.positions.keys() == project.document.main.nodes.keys()
    assert main(["import", str(file), "-o", str(out)]) == 2
    assert main(["import", str(file), "-o", str(out), "--force"]) == 0
    np.testing.assert_allclose(Model.load(out)(X), X @ KERNEL + BIAS)


def test_calls_as_keras_2_wrote_them(tmp_path: Path) -> None:
    dense = layer("Dense", "dense", **DENSE)
    dense["inbound_nodes"] = [[["x", 0, 0, {}]]]
    old = {
        path.replace("layers/", "_layer_checkpoint_dependencies/"): array for path, array in ARRAYS.items()
    }
    ours = Model.load(write(tmp_path / "m.keras", model(entry(), dense), weights(old)))
    np.testing.assert_allclose(ours(X), X @ KERNEL + BIAS)


STRANGERS = {
    "Lambda": layer(
        "Lambda", "odd", tensor("x"), function={"class_name": "__lambda__", "config": {"value": "4wAA"}}
    ),
    "my_code>Dense": {
        **layer("Dense", "odd", tensor("x"), module="my_code"),
        "registered_name": "my_code>Dense",
    },
    "custom>Dense": {**layer("Dense", "odd", tensor("x")), "module": None},
    "os>system": {**layer("system", "odd", tensor("x"), module="os"), "registered_name": "system"},
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_code_of_others_is_kept_as_a_placeholder(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dense = layer("Dense", "dense", tensor("odd"), **DENSE)
    file = write(tmp_path / "m.keras", model(entry(), STRANGERS[kind], dense))
    assert main(["import", str(file), "-o", str(tmp_path / "m.loom")]) == 1
    assert f"odd: this program has no layer type '{kind}'" in capsys.readouterr().err
    document = load(tmp_path / "m.loom").document
    assert kind in {each.type for each in document.layers.values()}
    with pytest.raises(Exception, match="no layer type"):
        Model.load(file)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"units": 2, "data_format": "channels_sideways"}, "dense: Dense has no parameter 'data_format'"),
        ({"units": 2, "warp": 3}, "dense: Dense has no parameter 'warp'"),
        ({"units": -2}, "dense: Dense.units: must be at least 1"),
        ({"units": 2, "activation": {"module": "mine", "class_name": "function", "config": "relu"}}, "mine"),
        ({"units": 2, "kernel_initializer": {"module": "mine", "class_name": "Zeros", "config": {}}}, "mine"),
        (
            {"units": 2, "kernel_initializer": {"class_name": "__lambda__", "config": {"value": "4wAA"}}},
            "code",
        ),
    ],
)
def test_an_argument_that_is_not_known_is_a_problem_that_names_it(
    config: dict[str, Any], told: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "m.keras", model(entry(), layer("Dense", "dense", tensor("x"), **config)))
    (problem,) = analyze(keras.read(file).project.document).errors
    assert told in problem.message


def broken(change: Callable[[dict[str, Any]], object]) -> Callable[[], Any]:
    def build() -> Any:
        config = dense_model()
        change(config["config"])
        return config

    return build


CONFIGS: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "not valid JSON"),
    "too deep": ("[" * 100_000, "nested too deeply"),
    "no object": ([1, 2], "expected an object"),
    "another class": ({"class_name": "MyModel", "module": "mine", "config": {}}, "'MyModel'"),
    "no layers": (broken(lambda config: config.pop("layers")), "layers: expected a list"),
    "layers of numbers": (broken(lambda config: config.update(layers=[1])), "a layer: expected an object"),
    "no outputs": (broken(lambda config: config.pop("output_layers")), "inputs or outputs"),
    "an output of no layer": (broken(lambda config: config.update(output_layers=["gone", 0, 0])), "'gone'"),
    "an output of no call": (
        broken(lambda config: config.update(output_layers=["dense", 7, 0])),
        "call 8 of dense",
    ),
    "a negative call": (
        broken(lambda config: config.update(output_layers=["dense", -1, 0])),
        "expected a tensor",
    ),
    "a name used twice": (
        broken(lambda config: config["layers"].append(config["layers"][1])),
        "'dense' is used 2",
    ),
    "an input that is none": (broken(lambda config: config.update(input_layers=["dense", 0, 0])), "no Input"),
    "an input left out": (
        model(entry(), entry("y"), layer("Dense", "dense", tensor("y"), **DENSE)),
        "depends on the Input 'y'",
    ),
    "a circle": (model(entry(), layer("Dense", "dense", tensor("dense"), **DENSE)), "depend on themselves"),
    "no shape": (
        model(layer("InputLayer", "x"), layer("Dense", "dense", tensor("x"), **DENSE)),
        "has no shape",
    ),
    "words": (
        model(
            layer("InputLayer", "x", batch_shape=[None, 3], dtype="string"),
            layer("Dense", "dense", tensor("x")),
        ),
        "only numbers can be fed",
    ),
    "an unbuilt chain": (
        {
            "class_name": "Sequential",
            "module": "keras",
            "config": {"name": "s", "layers": [layer("Dense", "d")]},
        },
        "before it knew its input's shape",
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_that_makes_no_model(name: str, tmp_path: Path) -> None:
    config, told = CONFIGS[name]
    file = write(tmp_path / "m.keras", config() if callable(config) else config)
    with pytest.raises(KerasError, match=r"^m\.keras: ") as refused:
        keras.read(file)
    assert told in str(refused.value)


def linked(link: Any) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["layers/dense/vars/1"] = BIAS
        file["elsewhere"] = KERNEL
        file["layers/dense/vars/0"] = link
    return buffer.getvalue()


def external() -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["layers/dense/vars/1"] = BIAS
        file.create_dataset("layers/dense/vars/0", (3, 2), "f4", external=[("/etc/hostname", 0, 24)])
    return buffer.getvalue()


H5 = {
    "no HDF5": (b"not at all", "cannot be read"),
    "cut short": (weights()[:500], "cannot be read"),
    "another shape": (
        weights({**ARRAYS, "layers/dense/vars/0": np.zeros((9, 9), np.float32)}),
        "has the shape (9, 9)",
    ),
    "words": (weights({**ARRAYS, "layers/dense/vars/0": np.full((3, 2), b"ab")}), "not numbers"),
    "a group": (
        weights({"layers/dense/vars/0/deeper": KERNEL, "layers/dense/vars/1": BIAS}),
        "is a group, but should be an array",
    ),
    "a soft link": (linked(h5py.SoftLink("/elsewhere")), "a link to another place"),
    "another file": (linked(h5py.ExternalLink("/etc/passwd", "/")), "a link to another place"),
    "numbers elsewhere": (external(), "in another file"),
}


@pytest.mark.parametrize("name", H5)
def test_weights_that_are_not_there(name: str, tmp_path: Path) -> None:
    content, told = H5[name]
    with pytest.raises(KerasError) as refused:
        keras.read(write(tmp_path / "m.keras", dense_model(), content))
    assert told in str(refused.value)


def test_weights_that_are_missing_are_told(tmp_path: Path) -> None:
    file = write(tmp_path / "m.keras", dense_model(), weights({"layers/dense/vars/1": BIAS}))
    with pytest.warns(UserWarning, match="no weights for dense"):
        Model.load(file)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (200 << 20))
    with pytest.raises(KerasError, match="more than can be its content"):
        keras.read(path)


def test_a_size_that_is_a_lie_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "m.keras", dense_model())
    content = bytearray(path.read_bytes())
    place = content.rindex(b"config.json") - 46 + 24  # the size in the central directory
    content[place : place + 4] = struct.pack("<I", 5000)
    path.write_bytes(content)
    with pytest.raises(KerasError):
        keras.read(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "archive cannot be read"),
        (b"PK\x03\x04", "archive cannot be read"),
        (b"\x89HDF\r\n\x1a\n" + b"0" * 99, "save it as .keras"),
    ],
)
def test_what_is_no_archive(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    with pytest.raises(KerasError, match=told):
        keras.read(path)


def test_members_that_climb_out_are_never_written(tmp_path: Path) -> None:
    path = write(tmp_path / "m.keras", dense_model())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../climbed", "out")
    Model.load(path)
    assert not (tmp_path.parent.parent / "climbed").exists()


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["import", str(tmp_path / "gone.keras"), "-o", str(tmp_path / "m.loom")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_infinities_are_read_as_python_writes_them(tmp_path: Path) -> None:
    config = dense_model()
    config["config"]["layers"][1]["config"]["warp"] = float("inf")
    (problem,) = analyze(keras.read(write(tmp_path / "m.keras", json.dumps(config))).project.document).errors
    assert "warp" in problem.message


def test_the_command_writes_a_model_back(tmp_path: Path) -> None:
    file, out = write(tmp_path / "m.keras", dense_model()), tmp_path / "m.loom"
    back = tmp_path / "back.keras"
    assert main(["import", str(file), "-o", str(out)]) == 0
    assert main(["export", str(out), "--to", "keras", "-o", str(back)]) == 0
    assert main(["export", str(out), "-o", str(back)]) == 2
    again = Model.load(back)
    np.testing.assert_allclose(again(X), X @ KERNEL + BIAS)
    assert list(again.weights) == ["dense/kernel", "dense/bias"]


def test_what_the_data_goes_through_before_the_model_is_said_not_to_go_along(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "diamonds.loom", tmp_path / "diamonds.keras"
    assert main(["new", "diamonds-two-in-two-out", "-o", str(file)]) == 0
    assert main(["export", str(file), "-o", str(out)]) == 0
    assert "keras does not do these steps of the data, do them before: " in capsys.readouterr().out
