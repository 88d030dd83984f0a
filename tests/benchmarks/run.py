"""Print how long symcnn takes, as ratios against `import sympy` beside it: medians of 5, CPU time.

Run it with `python tests/benchmarks/run.py`. Machines are noisy; ratios in one run are not.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
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


def ratio(seconds: Callable[[], float]) -> float:
    """Return the median of some ratios to `import sympy`, measured side by side: machines change their pace."""
    return median(seconds() / process_seconds(["-c", "import sympy"]) for _ in range(RUNS))


def command(*arguments: str) -> Callable[[], float]:
    """Return a measurement of a command of symcnn, the whole process."""
    return lambda: process_seconds(["-m", "symcnn", *arguments])


def scenario(name: str) -> Callable[[], float]:
    """Return a measurement of a scenario."""
    return lambda: scenario_seconds(name)


ANSWER = ("--layer", "conv1", "--quantity", "params", "--answer", "(5*5*1 + 1)*32")
ROWS = (
    ("symcnn --version", command("--version"), 0.25),
    ("symcnn derive examples/vgg16.cnn", command("derive", "examples/vgg16.cnn"), 2.0),
    ("152-layer bottleneck chain, symbolic width, H, W", scenario("bottleneck"), 0.2),
    ("text and LaTeX of that chain, after the derivation", scenario("printing"), 0.3),
    ("text and LaTeX of its working, after derive()", scenario("explaining"), 0.3),
    ("the same with derive()", scenario("deriving"), None),
    ("text and LaTeX of 152 different written layers", scenario("printing152"), None),
    ("DenseNet-121, symbolic growth rate, H, W", scenario("densenet"), 0.4),
    ("GoogLeNet, symbolic width, H, W", scenario("googlenet"), 0.4),
    ("unpadded U-Net of depth 4, with its conditions", scenario("unet"), None),
    ("every closed form of examples/depth.cnn", scenario("depths"), 1.0),
    ("1,000 different written layers, parsed and derived", scenario("written1000"), 4.0),
    ("80 nested convolutions, symbolic stride", scenario("stride"), 0.3),
    ("10,000 different answers to four questions", scenario("answers"), 15.0),
    ("the first answer to Inception v3, wrong, derivation too", scenario("first"), 0.6),
    ("the same to a CIFAR ResNet of symbolic depth", scenario("first_in_depth"), 0.6),
    ("1,000 learners × 12 answers marked, all different", scenario("marking"), 25.0),
    ("the same, 40 different answers to a question", scenario("marking_alike"), None),
    ("symcnn check examples/lenet.cnn, one answer", command("check", "examples/lenet.cnn", *ANSWER), 2.0),
    ("80 nested convolutions, symbolic kernel, stride, padding", scenario("all"), None),
)

# On ResNet-152, as ratios to its derivation.
COUNTED = (
    ("seven conventions on ResNet-152, of its derivation", "counting", 1.0),
    ("exact MACs of it, of its derivation", "exact", None),
    ("training operations of it, of its derivation", "training", None),
)


def main() -> None:
    """Measure everything and print a table."""
    process_seconds(["-m", "symcnn", "derive", "examples/vgg16.cnn"])  # fills the cache of parser tables
    print(f"{'ratio to import sympy':58} ratio   goal")
    for title, seconds, goal in ROWS:
        print(f"{title:58} {ratio(seconds):5.2f}   {'' if goal is None else f'{goal:4.2f}'}".rstrip(), flush=True)
    derived = median(scenario_seconds("resnet152") for _ in range(RUNS))
    for title, name, goal in COUNTED:
        share = median(scenario_seconds(name) for _ in range(RUNS)) / derived
        print(f"{title:58} {share:5.2f}   {'' if goal is None else f'{goal:4.2f}'}".rstrip(), flush=True)
    exponent = math.log10(scenario_seconds("written10000") / scenario_seconds("written1000"))
    print(f"{'growth exponent from 1,000 to 10,000 layers':58} {exponent:5.2f}   1.15")


if __name__ == "__main__":
    main()
