"""Settings of all tests: how long a random example takes says nothing about whether it is right."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples every time, so that a run that fails fails again; who asks for more than all of them gets new ones.
settings.register_profile("symcnn", deadline=None, derandomize=float(os.environ.get("SYMCNN_EXAMPLES", "0")) <= 1)
settings.load_profile("symcnn")

os.environ.pop("COLUMNS", None)  # the width of the terminal that runs the tests is not what they expect
