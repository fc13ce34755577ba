"""How weights start. Fans and scales as in Keras 3 (``keras.initializers``)."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_engine.params import Catalogue, Config, ParamError, choice, number

Array = npt.NDArray[Any]
_TRUNCATION = 0.87962566103423978  # standard deviation of a unit normal cut at two


class Initializer(Config):
    """Fills a new weight. ``shape`` has output channels last; the result is float64."""

    @abstractmethod
    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array: ...


class Zeros(Initializer):
    """All zeros."""

    title = "Zeros"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.zeros(shape)


class Ones(Initializer):
    """All ones."""

    title = "Ones"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.ones(shape)


class Constant(Initializer):
    """One value everywhere."""

    title = "Constant"
    value: float = number(0.0, help="The value of every element.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.full(shape, self.value)


class RandomUniform(Initializer):
    """Uniform between two bounds."""

    title = "Random uniform"
    minval: float = number(-0.05, help="Lower bound.")
    maxval: float = number(0.05, help="Upper bound.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)


class RandomNormal(Initializer):
    """Normal with a mean and a standard deviation."""

    title = "Random normal"
    mean: float = number(0.0, help="Mean of the samples.")
    stddev: float = number(0.05, minimum=0.0, help="Standard deviation of the samples.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(Initializer):
    """Normal, samples beyond two standard deviations drawn again."""

    title = "Truncated normal"
    mean: float = number(0.0, help="Mean before truncation.")
    stddev: float = number(0.05, minimum=0.0, help="Standard deviation before truncation.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * _truncated(shape, rng)


class GlorotUniform(Initializer):
    """Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010)."""

    title = "Glorot uniform"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        fan_in, fan_out = fans(shape)
        limit = math.sqrt(6.0 / max(1.0, fan_in + fan_out))
        return rng.uniform(-limit, limit, shape)


class GlorotNormal(Initializer):
    """Truncated normal of variance 2 / (fan in + fan out) (Glorot and Bengio, 2010)."""

    title = "Glorot normal"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        fan_in, fan_out = fans(shape)
        return math.sqrt(2.0 / max(1.0, fan_in + fan_out)) / _TRUNCATION * _truncated(shape, rng)


class HeUniform(Initializer):
    """Uniform within sqrt(6 / fan in): keeps the variance through relu (He et al., 2015)."""

    title = "He uniform"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        limit = math.sqrt(6.0 / max(1.0, fans(shape)[0]))
        return rng.uniform(-limit, limit, shape)


class HeNormal(Initializer):
    """Truncated normal of variance 2 / fan in (He et al., 2015)."""

    title = "He normal"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return math.sqrt(2.0 / max(1.0, fans(shape)[0])) / _TRUNCATION * _truncated(shape, rng)


class LecunUniform(Initializer):
    """Uniform within sqrt(3 / fan in) (LeCun et al., 1998)."""

    title = "LeCun uniform"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        limit = math.sqrt(3.0 / max(1.0, fans(shape)[0]))
        return rng.uniform(-limit, limit, shape)


class LecunNormal(Initializer):
    """Truncated normal of variance 1 / fan in (LeCun et al., 1998): what selu wants."""

    title = "LeCun normal"

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return math.sqrt(1.0 / max(1.0, fans(shape)[0])) / _TRUNCATION * _truncated(shape, rng)


class VarianceScaling(Initializer):
    """A variance of ``scale / fan``, whatever the distribution: what the other initializers are cases of."""

    title = "Variance scaling"
    scale: float = number(1.0, minimum=0.0, help="Factor on the variance.")
    mode: str = choice(
        "fan_in", ("fan_in", "fan_out", "fan_avg"), help="Which fan the variance is divided by."
    )
    distribution: str = choice(
        "truncated_normal", ("truncated_normal", "untruncated_normal", "uniform"), help="What is drawn from."
    )

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        fan_in, fan_out = fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        deviation = math.sqrt(self.scale / max(1.0, fan))
        if self.distribution == "uniform":
            return rng.uniform(-deviation * math.sqrt(3.0), deviation * math.sqrt(3.0), shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, deviation, shape)
        return deviation / _TRUNCATION * _truncated(shape, rng)


class Identity(Initializer):
    """Ones along the diagonal of a matrix: the layer starts by handing its input on."""

    title = "Identity"
    gain: float = number(1.0, help="The value along the diagonal.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        if len(shape) != 2:
            raise ParamError(
                f"the Identity initializer makes matrices, but this weight has {len(shape)} axes"
            )
        return self.gain * np.eye(*shape)


class Orthogonal(Initializer):
    """Orthonormal rows or columns (Saxe et al., 2014): what recurrent kernels start from."""

    title = "Orthogonal"
    gain: float = number(1.0, help="Factor on the orthonormal matrix.")

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


INITIALIZERS: Catalogue[Initializer] = Catalogue(
    Initializer, "graph_engine.layers.initializers", "initializer"
)


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Fan in and fan out: receptive field times channels, as Keras computes them."""
    if len(shape) < 2:
        size = float(shape[0]) if shape else 1.0
        return size, size
    field = math.prod(shape[:-2])
    return float(field * shape[-2]), float(field * shape[-1])


def _truncated(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    samples = rng.normal(size=shape)
    while (outside := np.abs(samples) > 2.0).any():
        samples[outside] = rng.normal(size=int(outside.sum()))
    return samples
