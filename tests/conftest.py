"""Settings of all tests: how long a random example takes says nothing about whether it is right."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("symcnn", deadline=None)
settings.load_profile("symcnn")

os.environ.pop("COLUMNS", None)  # the width of the terminal that runs the tests is not what they expect
