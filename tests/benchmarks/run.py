"""Print how long symcnn takes, as ratios against `import sympy` in the same run: medians of 5, CPU time.

Run it with `python tests/benchmarks/run.py`. Machines are noisy; ratios in one run are not.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

RUNS = 5
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# SymPy was compiled when it was installed; so is what is measured against it, in the first run.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process_seconds(arguments: Sequence[str]) -> float:
    """Return the CPU seconds of a whole Python process, start-up included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def scenario_seconds(name: str) -> float:
    """Return the CPU seconds that a scenario reports of its own work."""
    command = [sys.executable, str(HERE / "scenarios.py"), name]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    """Measure everything and print a table."""
    process_seconds(["-m", "symcnn", "derive", "examples/vgg16.cnn"])  # fills the cache of parser tables
    sympy = median(process_seconds(["-c", "import sympy"]) for _ in range(RUNS))
    print(f"import sympy: {sympy:.3f} s of CPU time")
    print(f"{'':58} ratio   goal")

    def show(title: str, seconds: float, goal: float | None = None) -> None:
        print(f"{title:58} {seconds / sympy:5.2f}   {'' if goal is None else f'{goal:4.2f}'}".rstrip())

    show("symcnn --version", median(process_seconds(["-m", "symcnn", "--version"]) for _ in range(RUNS)), 0.25)
    vgg = ["-m", "symcnn", "derive", "examples/vgg16.cnn"]
    show("symcnn derive examples/vgg16.cnn", median(process_seconds(vgg) for _ in range(RUNS)), 2)
    show("152-layer bottleneck chain, symbolic width, H, W", _scenario("bottleneck"), 0.2)
    show("text and LaTeX of that chain, after the derivation", _scenario("printing"), 0.3)
    show("text and LaTeX of 152 different written layers", _scenario("printing152"))
    thousand = _scenario("written1000")
    show("1,000 different written layers, parsed and derived", thousand, 4)
    exponent = math.log10(scenario_seconds("written10000") / thousand)
    print(f"{'growth exponent from 1,000 to 10,000 layers':58} {exponent:5.2f}   1.15")
    show("80 nested convolutions, symbolic stride", _scenario("stride"), 0.3)
    show("80 nested convolutions, symbolic kernel, stride, padding", _scenario("all"))


def _scenario(name: str) -> float:
    return median(scenario_seconds(name) for _ in range(RUNS))


if __name__ == "__main__":
    main()
