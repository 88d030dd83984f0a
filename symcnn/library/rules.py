"""The rules that a layer kind may have: one table, in the order in which they are worked out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what holds where a kind leaves it out, and what it means."""

    default: str
    meaning: str
    per_axis: bool = False
    counted: bool = False  # summed over the layers
    per_sample: bool = False  # multiplied by the batch


# A rule may use the rules before it, by name.
RULES: dict[str, Rule] = {
    "reach": Rule("0", "how much further than one input an output sees", per_axis=True),
    "jump": Rule("1", "inputs from one output to the next", per_axis=True),
    "upsampling": Rule("1", "outputs per input step", per_axis=True),
    "spacing": Rule("1", "distance of the taps on the outputs' grid", per_axis=True),
    "size": Rule("n", "output size along an axis", per_axis=True),
    "start": Rule("0", "the first input that the first output sees", per_axis=True),
    "joins": Rule("false", "whether its input is what a statement has joined"),
    "gates": Rule("false", "whether a factor of every output depends on all positions"),
    "axes": Rule("axes", "number of spatial axes of the output"),
    "channels": Rule("C", "output channels"),
    "weights": Rule("0", "learned factors", counted=True),
    "biases": Rule("0", "learned summands", counted=True),
    "buffers": Rule("0", "stored but not learned", counted=True),
    "counters": Rule("0", "stored counters of training steps", counted=True),
    "macs": Rule("0", "multiply–accumulates", counted=True, per_sample=True),
    "flops": Rule("2macs + (elements if biases != 0 else 0)", "operations", counted=True, per_sample=True),
    "activations": Rule("elements", "numbers in the output", counted=True, per_sample=True),
    "weight_layers": Rule("1 if weights != 0 else 0", "layers with weights", counted=True),
    "nonlinearities": Rule("0", "activation functions", counted=True),
    "neurons": Rule("weight_layers*elements", "outputs of layers with weights", counted=True),
    "connections": Rule("macs", "edges from neurons to what they see, padding included", counted=True),
}

# What every rule may use besides the arguments: of these n and n' have one value per axis.
INPUT_NAMES = ("n", "C", "axes", "inputs")
OUTPUT_NAMES = ("n'", "C'", "elements")
PER_AXIS_NAMES = ("n", "n'")

# The operation vector: what one sample costs, told apart.
OPERATIONS = {
    "mul": "multiplications",
    "add": "additions and subtractions",
    "cmp": "comparisons",
    "div": "divisions",
    "exp": "exponentials",
}

# What is counted only where it is asked for. A kind may have a rule for each; where it has none, the conventions of
# these names say what is counted. They mean the same wherever they stand.
ASKED = {
    **OPERATIONS,
    "exact_macs": "multiply–accumulates, products with padding left out",
    "bias": "additions of biases",
    "norm": "operations of normalisations",
    "activation": "operations of activation functions",
    "pooling": "operations of poolings",
    "addition": "additions of residual connections",
    "forward": "operations of the forward pass",
    "weight_gradient": "operations of the gradients of the weights",
    "input_gradient": "operations of the gradients of the inputs",
}

# What an output sees. A kind may say of these, and of no other rule, that it cannot be said.
WINDOW = ("reach", "jump", "upsampling", "spacing", "start")
UNKNOWN = "unknown"

COUNTED = tuple(name for name, rule in RULES.items() if rule.counted)
QUANTITIES = ("weights", "biases", "params", *COUNTED[2:])  # params = weights + biases
