"""Commands that run projects: train, evaluate, predict, worker."""

from __future__ import annotations
