"""Where in a sequence something stands: attention alone cannot tell."""

from __future__ import annotations

from graph_engine.kernels.program import Value
from graph_engine.layers.base import NEEDS_SEQUENCE, Call, Example, Keras, Layer, Weight
from graph_engine.layers.constraints import Constraint
from graph_engine.layers.initializers import Initializer
from graph_engine.layers.regularizers import Regularizer
from graph_engine.layers.requirements import require_floats, require_rank, require_size
from graph_engine.layers.weighted import constraint, initializer, regularizer
from graph_engine.values import TensorSpec


class PositionEmbedding(Layer):
    """Adds a learned vector for each place of a sequence (Gehring et al., 2017)."""

    formula = "y[t] = x[t] + embeddings[t]"
    title = "PositionEmbedding"
    family = "attention"
    keeps_mask = True
    keras = Keras(module="")  # Keras itself has none
    examples = (
        Example(inputs=((2, 4, 3),)),
        Example(
            inputs=((3, 2, 5),),
            config={
                "embeddings_initializer": "he_normal",
                "embeddings_regularizer": "l2",
                "embeddings_constraint": "max_norm",
            },
        ),
    )

    embeddings_initializer: Initializer = initializer("RandomUniform", "each vector")
    embeddings_regularizer: Regularizer | None = regularizer("the vectors")
    embeddings_constraint: Constraint | None = constraint("the vectors")

    def infer(self, *inputs: TensorSpec) -> TensorSpec:
        (x,) = inputs
        require_rank(self, x, 3, "steps \u00d7 features", NEEDS_SEQUENCE)
        require_floats(self, x)
        return x

    def weights(self, *inputs: TensorSpec) -> tuple[Weight, ...]:
        steps = require_size(self, inputs[0], 1, "number of steps")
        features = require_size(self, inputs[0], 2, "number of features")
        embeddings = Weight(
            "embeddings",
            (steps, features),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        return (embeddings,)

    def lower(self, call: Call, *inputs: Value) -> Value:
        return inputs[0] + call.weight("embeddings")
