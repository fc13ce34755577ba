"""Native kernels: the same primitives, compiled for this processor. The only package that imports numba.

A *kernel* is a function of integers: addresses, sizes and byte strides. A *row* is one call of a kernel
with its arguments. A *binder* turns a planned step into rows, or declines; then the step runs its numpy
definition. Nothing here is imported by the window.
"""
