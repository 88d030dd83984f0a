"""Print how long symcnn, onnxruntime and PyTorch take for networks of the zoo with symbolic N, H and W, and what for.

Run it with `python tests/benchmarks/peers.py`; it needs the extra `bench`. All of them are measured on the same
networks, each time in a process of its own, after a small network of the same kinds of layers for what all of them
import and fill only once: CPU time, medians of a few runs, ratios within a run. Not counted: reading (the text, the
ONNX model), building PyTorch's module. symcnn does what a peer does, and then all that it is for:

* shapes, as onnxruntime: the derivation, with the sizes of all layers and the conditions under which they have them;
* MACs, as PyTorch: the derivation and their closed form;
* all: the closed forms of MACs, parameters, FLOPs, activations and receptive field.

The peers:

* onnxruntime: `symbolic_shape_infer` on the network as an ONNX model. The model has no weights, which would only be
  copied, and keeps the layers as they are written. It is exported by PyTorch's exporter that traces. The other one
  takes VGG too, which this one refuses, but what it makes of the pooling to 7×7 is right at one size alone.
* PyTorch: one run on tensors without storage whose sizes are SymInts, under `FlopCounterMode`. To export the network
  first, for its graph, would take longer.
"""

from __future__ import annotations

import gc
import json
import platform
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

RUNS = 3
NETWORKS = {  # and the files of the zoo that they are in
    "resnet50": "resnet",
    "densenet121": "densenet",
    "googlenet": "googlenet",
    "mobilenet_v2": "mobilenet_v2",
    "efficientnet_b0": "efficientnet",
    "vgg16": "vgg",
}
WARM = """
net warm {
    input 3×H×W, batch N
    Conv(4, 3, stride=2, padding=1); BatchNorm; ReLU6; MaxPool(3, stride=2, padding=1); AvgPool(2)
    concat { skip; path { Conv(4, 1) } }
    residual { Conv(8, 3, padding=1, groups=8); BatchNorm; ReLU }
    multiply { skip; path { GlobalAvgPool; Conv(2, 1); SiLU; Conv(8, 1); Sigmoid } }
    AdaptiveAvgPool(1); Flatten; Dropout(0.2); Linear(2)
}
"""
TRACED = (2, 224, 224)  # N, H, W of the input that PyTorch sees when it traces
PLACES = (TRACED, (3, 197, 301))  # where the counts are held against each other; odd sizes tell floors apart
AXES = {0: "N", 2: "H", 3: "W"}
PACKAGES = ("torch", "onnx", "onnxruntime")


@dataclass(frozen=True)
class Answer:
    """What a measurement found; without seconds, what it failed of. `counts` are the operations at `PLACES`."""

    seconds: float | None
    says: str
    counts: tuple[int, ...] = ()


def first_sentence(error: BaseException) -> str:
    """Return the first sentence of what an error says, after its kind."""
    lines = str(error).strip().splitlines() or ["without a word"]
    return f"{type(error).__name__}: {lines[0].split('. ')[0]}"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of work and its result; what stood before is not collected as garbage on its account."""
    gc.collect()
    gc.freeze()
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


# What is measured, in a process of its own.


def symcnn_answer(name: str, folder: Path, asked_for: tuple[str, ...]) -> Answer:
    """Derive a network of which the batch is a symbol, and what is asked for."""
    import symcnn

    def derived(network: Any) -> Any:
        analysis = symcnn.analyse(network)
        for quantity in asked_for:
            getattr(analysis, quantity)
        return analysis

    text = f'use "zoo/{NETWORKS[name]}.cnn"\nnet batched {{ input 3×H×W, batch N; {name} }}'
    path = folder / f"{name}.cnn"
    path.write_text(text, encoding="utf-8")
    derived(symcnn.parse(WARM)["warm"])
    network = symcnn.load(path)["batched"]
    seconds, analysis = timed(lambda: derived(network))
    counts = tuple(2 * analysis.at(N=n, H=h, W=w).macs for n, h, w in PLACES)
    return Answer(seconds, f"MACs = {analysis.macs}", tuple(map(int, counts)))


def onnxruntime_answer(name: str, folder: Path) -> Answer:
    """Infer the shapes of an ONNX model."""
    import onnx
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    SymbolicShapeInference.infer_shapes(onnx.load(folder / "warm.onnx"))
    model = onnx.load(folder / f"{name}.onnx")
    seconds, inferred = timed(lambda: SymbolicShapeInference.infer_shapes(model))
    made = {output for node in model.graph.node for output in node.output}
    values = {value.name: value.type.tensor_type for value in (*inferred.graph.value_info, *inferred.graph.output)}
    known = [values[name].shape.dim for name in made if name in values and values[name].HasField("shape")]
    sizes = [size.dim_param for shape in known for size in shape if size.dim_param]
    others = {word for size in sizes for word in re.findall(r"[^\W\d]\w*", size)} - {*AXES.values(), "floor", "ceiling"}
    says = f"shapes of {len(known)} of {len(made)} tensors, {len(others)} symbols besides N, H, W, no counts"
    return Answer(seconds, f"{says}; the longest size is {max(sizes, key=len, default='none')}")


def torch_answer(name: str, folder: Path) -> Answer:
    """Count the operations of a module while it runs on sizes that are SymInts."""
    import torch

    counted(module("warm"))
    network = module(name)
    total, shape, guards, seconds = counted(network)
    known = {size.node.expr: axis for axis, size in zip("NHW", shape, strict=True) if isinstance(size, torch.SymInt)}
    if len(known) < len(shape) or not isinstance(total, torch.SymInt):
        return Answer(None, f"the sizes are no longer symbols: {tuple(shape)}")
    import sympy

    expression = total.node.expr
    counts = tuple(int(expression.xreplace(dict(zip(known, map(sympy.Integer, at), strict=True)))) for at in PLACES)
    names = {symbol: sympy.Symbol(axis, integer=True, positive=True) for symbol, axis in known.items()}
    conditions = sorted({str(guard.xreplace(names)) for guard in guards}, key=len)
    few = ", ".join(conditions[:3])
    return Answer(seconds, f"FLOPs = {expression.xreplace(names)}; {len(conditions)} guards: {few}, …", counts)


def counted(network: Any) -> tuple[Any, list[Any], list[Any], float]:
    """Return FlopCounterMode's total, the sizes N, H, W, the guards, and the CPU seconds."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv, StatelessSymbolicContext
    from torch.utils.flop_counter import FlopCounterMode

    environment = ShapeEnv()
    mode = FakeTensorMode(shape_env=environment)
    for part in network.modules():
        for tensors in (part._parameters, part._buffers):
            tensors.update({k: mode.from_tensor(v, static_shapes=True) for k, v in tensors.items() if v is not None})
    n, h, w = TRACED
    dynamic = [DimDynamic.DYNAMIC if axis in AXES else DimDynamic.STATIC for axis in range(4)]
    context: Any = StatelessSymbolicContext(dynamic_sizes=dynamic)
    x = mode.from_tensor(torch.empty(n, 3, h, w), symbolic_context=context)

    def run() -> Any:
        with mode, torch.no_grad(), FlopCounterMode(display=False) as counter:
            network(x)
        return counter.get_total_flops()

    seconds, total = timed(run)
    return total, [x.shape[axis] for axis in AXES], [guard.expr for guard in environment.guards], seconds


def exported(name: str, folder: Path) -> Answer:
    """Write a network as an ONNX model."""
    import torch

    network = module(name)
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.is_floating_point():
            torch.nn.init.uniform_(tensor)  # of equal ones the exporter would keep one, and make copies
    names = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": AXES}}
    kept = {"export_params": False, "do_constant_folding": False}
    x = torch.zeros(TRACED[0], 3, *TRACED[1:])
    torch.onnx.export(network, (x,), folder / f"{name}.onnx", dynamo=False, **names, **kept)
    return Answer(0, "")


def module(name: str) -> Any:
    """Return a network as a module of PyTorch."""
    import symcnn
    from symcnn.interop.torch import to_torch

    network = symcnn.parse(WARM)[name] if name == "warm" else symcnn.load(f"zoo/{name}")[name]
    return to_torch(network, H=TRACED[1], W=TRACED[2])


ALL = ("macs", "params", "flops", "activations", "receptive_field")
MEASURED: dict[str, Callable[[str, Path], Answer]] = {
    "symcnn: shapes": partial(symcnn_answer, asked_for=()),
    "onnxruntime": onnxruntime_answer,
    "symcnn: MACs": partial(symcnn_answer, asked_for=("macs",)),
    "torch": torch_answer,
    "symcnn: all": partial(symcnn_answer, asked_for=ALL),
}
WIDTH = 16
COLUMNS: tuple[str | tuple[str, str], ...] = (  # what they take, and ratios
    "symcnn: shapes",
    "onnxruntime",
    ("onnxruntime", "symcnn: shapes"),
    "symcnn: MACs",
    "torch",
    ("torch", "symcnn: MACs"),
    "symcnn: all",
    ("onnxruntime", "symcnn: all"),
    ("torch", "symcnn: all"),
)
WORK = {**MEASURED, "export": exported}


# The run that starts them.


def asked(work: str, name: str, folder: Path) -> Answer:
    """Do one piece of work in a process of its own."""
    command = [sys.executable, __file__, work, name, str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return Answer(None, (done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    return Answer(**json.loads(done.stdout.splitlines()[-1]))


def measured(name: str, folder: Path) -> dict[str, list[Answer]]:
    """Return the answers of all three, run by run; what fails is not asked again."""
    export = asked("export", name, folder)
    answers: dict[str, list[Answer]] = {who: [] for who in MEASURED}
    if export.seconds is None:
        answers["onnxruntime"] = [Answer(None, f"no ONNX model; {export.says}")]
    for _ in range(RUNS):
        for who, found in answers.items():
            if not found or found[-1].seconds is not None:
                found.append(asked(who, name, folder))
    return answers


def seconds_of(found: list[Answer]) -> list[float]:
    """Return the seconds of all runs, none where one failed."""
    seconds = [answer.seconds for answer in found if answer.seconds is not None]
    return seconds if len(seconds) == len(found) else []


def row(name: str, seconds: Mapping[str, list[float]]) -> str:
    """Return the row of a network, or of several together."""
    return f"{name:16}{''.join(map(partial(cell, seconds), COLUMNS))}"


def cell(seconds: Mapping[str, list[float]], column: str | tuple[str, str]) -> str:
    """Return the median of what one takes, or of the ratios within a run; `fails` or nothing where one of them did."""
    if isinstance(column, str):
        found = seconds[column]
        return f"{median(found):{WIDTH}.3f}" if found else f"{'fails':>{WIDTH}}"
    ratios = [their / our for their, our in zip(*map(seconds.__getitem__, column), strict=False)]
    return f"{median(ratios):{WIDTH - 1}.1f}×" if ratios else " " * WIDTH


def together(every: Iterable[Mapping[str, list[float]]]) -> dict[str, list[float]]:
    """Return the sums, run by run, over networks."""
    return {who: [sum(run) for run in zip(*(seconds[who] for seconds in every), strict=False)] for who in MEASURED}


def agreement(answers: Mapping[str, list[Answer]]) -> str:
    """Say whether FlopCounterMode counts twice symcnn's MACs."""
    ours, theirs = answers["symcnn: all"][-1].counts, answers["torch"][-1].counts
    if not ours or not theirs:
        return "counts are not compared"
    places = ", ".join("×".join(map(str, at)) for at in PLACES)
    if ours == theirs:
        return f"torch's FLOPs are twice symcnn's MACs at N×H×W = {places}"
    return f"torch's FLOPs are not twice symcnn's MACs at N×H×W = {places}: {theirs}, {ours}"


def main() -> None:
    """Measure everything and print a table, then what each of them yields."""
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        sys.exit(f"{', '.join(missing)} not installed: pip install 'symcnn[bench]'")
    import symcnn

    versions = [f"{package} {version(package)}" for package in (*PACKAGES, "sympy")]
    print(f"symcnn {symcnn.__version__}, {', '.join(versions)}, Python {platform.python_version()}")
    print(f"CPU seconds, medians of {RUNS} runs; × is how many times symcnn's\n")
    heads = (column if isinstance(column, str) else f"{column[0]} ×" for column in COLUMNS)
    print(f"{'network':16}{''.join(f'{head:>{WIDTH}}' for head in heads)}")
    every, seconds = {}, {}
    with TemporaryDirectory() as folder:
        exported_warm = asked("export", "warm", Path(folder))
        if exported_warm.seconds is None:
            sys.exit(f"PyTorch does not export a small network: {exported_warm.says}")
        for name in NETWORKS:
            every[name] = measured(name, Path(folder))
            seconds[name] = {who: seconds_of(found) for who, found in every[name].items()}
            print(row(name, seconds[name]), flush=True)
    for peer in ("onnxruntime", "torch"):
        done = [found for found in seconds.values() if found[peer]]
        print(row(f"{len(done)} of {peer}", together(done)))
    for name, answers in every.items():
        print(f"\n{name}: {agreement(answers)}")
        for who, found in answers.items():
            print(f"  {who}{'' if seconds_of(found) else ' fails'}: {found[-1].says}")


def worker(work: str, name: str, folder: str) -> None:
    """Do one piece of work and print its answer."""
    warnings.simplefilter("ignore")
    try:
        answer = WORK[work](name, Path(folder))
    except Exception as error:  # what a peer raises is its answer
        answer = Answer(None, first_sentence(error))
    print(json.dumps(asdict(answer)))


if __name__ == "__main__":
    worker(*sys.argv[1:]) if len(sys.argv) > 1 else main()
