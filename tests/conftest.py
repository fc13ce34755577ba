"""What every test needs: Qt without a screen, and how hard Hypothesis tries."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Before anything imports Qt: tests never open windows on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The suite runs on native kernels; LAYERLOOM_EXECUTOR=reference runs it on numpy definitions.
os.environ.setdefault("LAYERLOOM_EXECUTOR", "native")

_SHARED = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # machines are shared and slow

settings.register_profile("fast", _SHARED, max_examples=40, stateful_step_count=30)
settings.register_profile("ci", _SHARED, max_examples=1000, stateful_step_count=50, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "fast"))
