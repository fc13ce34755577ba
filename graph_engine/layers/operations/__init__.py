"""Keras' tensor operations (``keras.ops``) as layers, a family in each file.

An operation is a class of a few lines: its operands and parameters under Keras' names, and ``compute``, which says
it in primitives. Everything else, the shape rule included, follows from these (see ``base``).
"""
