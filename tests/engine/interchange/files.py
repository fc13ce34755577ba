"""``.keras`` files made by hand, as Keras would write them, and as nobody should."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from graph_engine.kernels.program import Array

DENSE: dict[str, Any] = {"units": 2, "activation": "linear", "use_bias": True}
KERNEL, BIAS = np.arange(6, dtype=np.float32).reshape(3, 2), np.ones(2, np.float32)
ARRAYS = {"layers/dense/vars/0": KERNEL, "layers/dense/vars/1": BIAS}


def tensor(layer: str, call: int = 0, output: int = 0) -> dict[str, Any]:
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": [layer, call, output]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer(kind: str, name: str, *sources: Any, module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    calls = [{"args": list(sources), "kwargs": {}}] if sources else []
    return {
        "module": module,
        "class_name": kind,
        "config": {"name": name, "trainable": True, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": calls,
    }


def entry(name: str = "x", *shape: int | None) -> dict[str, Any]:
    return layer("InputLayer", name, batch_shape=[None, *(shape or (3,))], dtype="float32")


def model(
    *layers: Mapping[str, Any], inputs: Any = ("x", 0, 0), outputs: Any = ("dense", 0, 0)
) -> dict[str, Any]:
    config = {
        "name": "model",
        "trainable": True,
        "layers": list(layers),
        "input_layers": inputs,
        "output_layers": outputs,
    }
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }


def dense_model() -> dict[str, Any]:
    return model(entry(), layer("Dense", "dense", tensor("x"), **DENSE))


def weights(arrays: Mapping[str, Array] = ARRAYS) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
    return buffer.getvalue()


def write(path: Path, config: Any, content: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        archive.writestr("model.weights.h5", weights() if content is None else content)
    return path
