"""What is measured: each scenario prints the CPU seconds of its own work; run as `python scenarios.py NAME`."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def written_layers(count: int) -> str:
    """Return a net of `count` different layers with symbolic sizes."""
    steps = "\n".join(f"Conv({index + 2}, {1 + 2 * (index % 3)}, padding={index % 3})" for index in range(count))
    return f"net written {{ input 3×H×W\n{steps} }}"


def bottleneck_chain() -> str:
    """Return the 152 weight layers of a bottleneck network without its shortcuts, of symbolic width."""
    return """
    net chain(w) {
        input 3×H×W
        Conv(w, 7, stride=2, padding=3, bias=false); BatchNorm; ReLU; MaxPool(3, stride=2, padding=1)
        stage(w, 3, 1); stage(2w, 8, 2); stage(4w, 36, 2); stage(8w, 3, 2)
        GlobalAvgPool; Flatten; Linear(1000)
    }
    net stage(c, n, s) { bottleneck(c, s); repeat n - 1 { bottleneck(c, 1) } }
    net bottleneck(c, s) {
        Conv(c, 1, bias=false); BatchNorm; ReLU
        Conv(c, 3, stride=s, padding=1, bias=false); BatchNorm; ReLU
        Conv(4c, 1, bias=false); BatchNorm; ReLU
    }
    """


def nested(arguments: str) -> str:
    """Return 80 convolutions with the same arguments, each on what the one before leaves."""
    return f"net nested {{ input 1×H×H; repeat 80 {{ Conv(1, {arguments}) }} }}"


def _started() -> float:
    """Return the CPU time, after which what stands in memory already is not collected again at some moment."""
    gc.collect()
    gc.freeze()
    return time.process_time()


def derivation(text: str, net: str | None = None, **parameters: str) -> float:
    """Return the CPU seconds of an analysis with all its closed forms, after parsing a text or a file of the zoo."""
    import symcnn

    nets = symcnn.load(text) if text.startswith("zoo/") else symcnn.parse(text)
    network = nets[net or next(iter(nets))]
    symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3); Flatten; Linear(2) }").values())))
    begin = _started()
    analysis = symcnn.analyse(network, **parameters)
    _ = analysis.macs, analysis.params, analysis.flops, analysis.activations, analysis.receptive_field
    return time.process_time() - begin


def depths() -> float:
    """Return the CPU seconds of every closed form of all nets of `examples/depth.cnn`, after parsing."""
    import symcnn

    nets = symcnn.load(Path(__file__).parents[2] / "examples" / "depth.cnn")
    symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3); Flatten; Linear(2) }").values())))
    begin = _started()
    for network in nets.values():
        if network.definition.input is not None:
            analysis = symcnn.analyse(network)
            _ = analysis.macs, analysis.params, analysis.flops, analysis.activations, analysis.receptive_field
    return time.process_time() - begin


def parsed_derivation(text: str) -> float:
    """Return the CPU seconds of parsing and analysis."""
    import symcnn

    symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3); Flatten; Linear(2) }").values())))
    begin = _started()
    analysis = symcnn.analyse(next(iter(symcnn.parse(text).values())))
    _ = analysis.macs, analysis.params
    return time.process_time() - begin


def printing(text: str) -> float:
    """Return the CPU seconds of the text and the LaTeX of every layer and total, after the derivation.

    What stands once in a process is not counted: the import of the renderers, and of what draws tables.
    """
    import symcnn

    warm = symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3); Flatten; Linear(2) }").values())))
    symcnn.render(warm, "text"), symcnn.render(warm, "latex")
    analysis = symcnn.analyse(next(iter(symcnn.parse(text).values())))
    _ = analysis.macs, analysis.params, analysis.flops, analysis.activations, analysis.receptive_field
    begin = _started()
    symcnn.render(analysis, "text"), symcnn.render(analysis, "latex")
    return time.process_time() - begin


def explaining(text: str, *, derived: bool) -> float:
    """Return the CPU seconds of the working of every layer as text and LaTeX; also of `derive`, unless it is done."""
    import symcnn

    warm = symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3); Flatten; Linear(2) }").values())))
    symcnn.render(symcnn.derive(warm), "text"), symcnn.render(symcnn.derive(warm), "latex")
    analysis = symcnn.analyse(next(iter(symcnn.parse(text).values())))
    _ = analysis.macs, analysis.params, analysis.receptive_field
    begin = _started()
    working = symcnn.derive(analysis)
    begin = _started() if derived else begin
    symcnn.render(working, "text"), symcnn.render(working, "latex")
    return time.process_time() - begin


CONVENTIONS = ("fvcore", "thop", "ptflops", "torchinfo", "torch", "deepspeed", "keras")


def counting(*names: str) -> float:
    """Return the CPU seconds of the totals of ResNet-152 under some conventions, after its derivation."""
    import symcnn

    symcnn.analyse(next(iter(symcnn.parse("net warm { input 1×H×W; Conv(1, 3) }").values()))).count("fvcore")
    analysis = symcnn.analyse(symcnn.load("zoo/resnet152")["resnet152"])
    _ = analysis.macs, analysis.params, analysis.flops, analysis.activations, analysis.receptive_field
    begin = _started()
    for name in names:
        analysis.count(name)
    return time.process_time() - begin


def judging(count: int) -> float:
    """Return the CPU seconds of so many different answers, right and wrong, to four questions asked before once."""
    import symcnn

    text = "net a { input 1×28×28; conv1: Conv(32, 5); ReLU; MaxPool(2); Flatten; Linear(10) }"
    analysis = symcnn.analyse(symcnn.parse(text)["a"])
    ways: tuple[Callable[[int], tuple[str, Any, dict[str, Any]]], ...] = (
        lambda i: (f"(5·5·1 + {i})·32", analysis, {"quantity": "params", "layer": "conv1"}),
        lambda i: (f"{i}×24×24", analysis, {"quantity": "output", "layer": "conv1"}),
        lambda i: (f"C_{{out}}(K^2 C_{{in}} + {i})", "K**2*C_in*C_out + C_out", {}),
        lambda i: (f"{i} H^2 - {i - 18}H²", "18*H**2", {}),
    )
    answers = [way(i) for i in range(count // len(ways)) for way in ways]
    for answer, reference, about in answers[: 2 * len(ways)]:
        symcnn.check(answer, reference, **about)
    begin = _started()
    for answer, reference, about in answers[2 * len(ways) :]:
        symcnn.check(answer, reference, **about)
    return time.process_time() - begin


def first_answer(name: str, answer: str, quantity: str, **parameters: str) -> float:
    """Return the CPU seconds of the first answer to a network of the zoo, its derivation among them, after parsing.

    What stands once in a process is not counted: it has answered a question about another network.
    """
    import symcnn

    warm = symcnn.analyse(symcnn.parse("net warm { input 1×28×28; Conv(32, 5); Flatten; Linear(2) }")["warm"])
    symcnn.check("831", warm, quantity="params")
    network = symcnn.load(f"zoo/{name}")[name]
    begin = _started()
    symcnn.check(answer, symcnn.analyse(network, **parameters), quantity=quantity)
    return time.process_time() - begin


_QUIZ = """
net = "net a { input 1×28×28; conv1: Conv(32, 5); ReLU; pool1: MaxPool(2); Flatten; Linear(10) }"
[[question]]
id = "{0}1"
layer = "conv1"
quantity = "params"
[[question]]
id = "{0}2"
layer = "conv1"
quantity = "output"
[[question]]
id = "{0}3"
layer = "pool1"
quantity = "output"
after = "{0}2"
[[question]]
id = "{0}4"
reference = "K**2*C_in*C_out + C_out"
"""


def marking(learners: int, different: int) -> float:
    """Return the CPU seconds of marking so many learners with twelve answers each, in one process.

    Of each question there are so many `different` answers; the quiz is read and posed within the time.
    """
    from symcnn.answers import grade, parse_quiz

    head, _, questions = _QUIZ.partition("[[question]]")
    text = head + "".join(f"[[question]]{questions}".replace("{0}", name) for name in "abc")
    ways = ("(5·5·1 + {})·32", "32×{}×24", "32×{}×12", "C_{{out}}(K^2 C_{{in}} + {})")
    given = [
        (f"s{number}", f"{name}{place + 1}", way.format(number % different + 1))
        for number in range(learners)
        for name in "abc"
        for place, way in enumerate(ways)
    ]
    begin = _started()
    grade(parse_quiz(text), given, jobs=1)
    return time.process_time() - begin


SCENARIOS: dict[str, Callable[[], float]] = {
    "bottleneck": lambda: derivation(bottleneck_chain()),
    "written1000": lambda: parsed_derivation(written_layers(1_000)),
    "written10000": lambda: parsed_derivation(written_layers(10_000)),
    "printing": lambda: printing(bottleneck_chain()),
    "explaining": lambda: explaining(bottleneck_chain(), derived=True),
    "deriving": lambda: explaining(bottleneck_chain(), derived=False),
    "printing152": lambda: printing(written_layers(152)),
    "densenet": lambda: derivation("zoo/densenet121", "densenet121", k="k"),
    "googlenet": lambda: derivation("zoo/googlenet", "googlenet", w="w"),
    "unet": lambda: derivation("zoo/unet", "unet"),
    "depths": depths,
    "stride": lambda: derivation(nested("3, stride=s, padding=1")),
    "resnet152": lambda: derivation("zoo/resnet152", "resnet152"),
    "counting": lambda: counting(*CONVENTIONS),
    "exact": lambda: counting("exact_macs"),
    "training": lambda: counting("training"),
    "answers": lambda: judging(10_000),
    "first": lambda: first_answer("inception_v3", "12345", "flops"),
    "first_in_depth": lambda: first_answer("resnet_cifar", "12345", "flops", n="n"),
    "marking": lambda: marking(1_000, 1_000),
    "marking_alike": lambda: marking(1_000, 40),
    "all": lambda: derivation(nested("k, stride=s, padding=p")),
}

if __name__ == "__main__":
    print(SCENARIOS[sys.argv[1]]())
