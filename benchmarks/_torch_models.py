"""The nine models as torch modules, with the weights of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks._nine import CASES, Case

Weights = Iterator[list[Any]]


def module(case: Case, weights: list[list[Any]]) -> Any:
    """The module of a case, its layers made in the order in which our builder makes them.

    A sweep's models are those of the nine in other sizes, or perceptrons.
    """
    name = next((name for name, found in CASES.items() if found.build is case.build), "a")
    build = {"a": _perceptron, "b": _perceptron, "c": Convolutional, "d": Residual, "e": Inception}
    build |= {"f": Recurrent, "f2": QuestionAnswering, "g": Transformer}
    return build[name if name == "f2" else name[0]](iter(weights))


def dense(weights: Weights) -> nn.Linear:
    kernel, bias = next(weights)
    layer = nn.Linear(*kernel.shape)
    _set(layer.weight, kernel.T)
    _set(layer.bias, bias)
    return layer


def conv(weights: Weights, stride: int = 1, padding: int | str = 0) -> nn.Conv2d:
    kernel, *bias = next(weights)
    rows, columns, channels, filters = kernel.shape
    layer = nn.Conv2d(channels, filters, (rows, columns), stride, padding, bias=bool(bias))
    _set(layer.weight, kernel.transpose(3, 2, 0, 1))
    if bias:
        _set(layer.bias, bias[0])
    return layer


def norm(weights: Weights) -> nn.BatchNorm2d:
    gamma, beta, *_ = next(weights)
    layer = nn.BatchNorm2d(len(gamma), eps=1e-3, momentum=0.01)
    _set(layer.weight, gamma)
    _set(layer.bias, beta)
    return layer


def lstm(weights: Weights) -> nn.LSTM:
    kernel, recurrent, bias = next(weights)
    layer = nn.LSTM(kernel.shape[0], recurrent.shape[0], batch_first=True)
    _set(layer.weight_ih_l0, kernel.T)
    _set(layer.weight_hh_l0, recurrent.T)
    _set(layer.bias_ih_l0, bias)
    _set(layer.bias_hh_l0, np.zeros_like(bias))
    return layer


def embedding(weights: Weights) -> nn.Embedding:
    (table,) = next(weights)
    layer = nn.Embedding(*table.shape)
    _set(layer.weight, table)
    return layer


def layer_norm(weights: Weights) -> nn.LayerNorm:
    gamma, beta = next(weights)
    layer = nn.LayerNorm(len(gamma), eps=1e-6)
    _set(layer.weight, gamma)
    _set(layer.bias, beta)
    return layer


def _perceptron(weights: Weights) -> nn.Sequential:
    layers = [layer for each in weights for layer in (dense(iter([each])), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


class Convolutional(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.first, self.second = conv(weights), conv(weights)
        self.out, hidden = (dense(weights), next(weights))  # our builder makes the last layer first
        kernel, bias = hidden
        channels_first = kernel.reshape(12, 12, 64, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        self.hidden = dense(iter([[channels_first, bias]]))

    def forward(self, x: Any) -> Any:
        x = functional.relu(self.second(functional.relu(self.first(x))))
        x = functional.max_pool2d(x, 2).flatten(1)
        return self.out(functional.relu(self.hidden(x)))


class Block(nn.Module):
    def __init__(self, weights: Weights, stride: int) -> None:
        super().__init__()
        self.first, self.first_norm = conv(weights, stride, 1), norm(weights)
        self.second, self.second_norm = conv(weights, 1, 1), norm(weights)
        self.stride = stride
        if stride == 2:
            self.short, self.short_norm = conv(weights, 2), norm(weights)

    def forward(self, x: Any) -> Any:
        """ "same" padding of an even size under stride 2 is after the image only, as in Keras."""
        if self.stride == 2:
            y = functional.conv2d(functional.pad(x, (0, 1, 0, 1)), self.first.weight, stride=2)
            x = self.short_norm(self.short(x))
        else:
            y = self.first(x)
        y = self.second_norm(self.second(functional.relu(self.first_norm(y))))
        return functional.relu(x + y)


class Residual(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.first, self.norm = conv(weights, 1, 1), norm(weights)
        strides = [2 if stage and not block else 1 for stage in range(3) for block in range(3)]
        self.blocks = nn.Sequential(*(Block(weights, stride) for stride in strides))
        self.out = dense(weights)

    def forward(self, x: Any) -> Any:
        x = self.blocks(functional.relu(self.norm(self.first(x))))
        return self.out(x.mean((2, 3)))


class Mixed(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.one = conv(weights)
        # Inner calls make their layers after the outer call's: conv(conv(x, 32, 1), 64, 3).
        self.three_in, self.three = conv(weights), conv(weights, 1, 1)
        self.five_in, self.five = conv(weights), conv(weights, 1, 2)
        self.pooled = conv(weights)

    def forward(self, x: Any) -> Any:
        relu = functional.relu
        parts = (
            relu(self.one(x)),
            relu(self.three(relu(self.three_in(x)))),
            relu(self.five(relu(self.five_in(x)))),
        )
        return torch.cat([*parts, relu(self.pooled(functional.max_pool2d(x, 3, 1, 1)))], 1)


class Inception(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.first = conv(weights, 1, 1)
        self.blocks = nn.Sequential(Mixed(weights), Mixed(weights))
        self.out = dense(weights)

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(functional.relu(self.first(x)), 2)
        return self.out(self.blocks(x).mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.out, self.read = dense(weights), lstm(weights)

    def forward(self, x: Any) -> Any:
        return self.out(self.read(x)[1][0][0])


class QuestionAnswering(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.read_passage, self.passage = lstm(weights), embedding(weights)
        self.read_question, self.question = lstm(weights), embedding(weights)
        self.out = dense(weights)

    def forward(self, passage: Any, question: Any) -> Any:
        first = self.read_passage(self.passage(passage))[1][0][0]
        second = self.read_question(self.question(question))[1][0][0]
        return self.out(torch.cat([first, second], 1))


class Transformer(nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        query, query_bias, key, key_bias, value, value_bias, out, out_bias = next(weights)
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True)
        parts = [part.reshape(64, 64).T for part in (query, key, value)]
        _set(self.attention.in_proj_weight, np.concatenate(parts))
        biases = [bias.reshape(-1) for bias in (query_bias, key_bias, value_bias)]
        _set(self.attention.in_proj_bias, np.concatenate(biases))
        _set(self.attention.out_proj.weight, out.reshape(64, 64).T)
        _set(self.attention.out_proj.bias, out_bias)
        self.first = layer_norm(weights)
        self.narrow, self.wide = dense(weights), dense(weights)
        self.second = layer_norm(weights)
        self.out = dense(weights)

    def forward(self, x: Any) -> Any:
        x = self.first(x + self.attention(x, x, x, need_weights=False)[0])
        x = self.second(x + self.narrow(functional.relu(self.wide(x))))
        return self.out(x.mean(1))


def _set(parameter: Any, array: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))
