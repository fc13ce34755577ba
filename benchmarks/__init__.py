"""Measurements, never tests: each module has ``main(arguments)`` and prints ratios beside a real peer or a bar."""
