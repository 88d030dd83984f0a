"""PyTorch: networks as its modules, and what its modules say of symcnn's results. Needs the extra `torch`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symcnn.algebra.evaluate import evaluator
from symcnn.analysis import Analysis, analyse
from symcnn.analysis.derivation import Derivation, Nest, is_unrolled
from symcnn.analysis.values import checked
from symcnn.errors import NotSupportedError, SymcnnError
from symcnn.interop.sizes import broken, chosen_sizes, sizes_outside
from symcnn.interop.verification import Outside, Verification
from symcnn.tree import Network

if TYPE_CHECKING:
    from torch import nn

Tick = Callable[[int, int], None]  # how many layers are done, and of how many


def require_torch() -> str:
    """Return the version of PyTorch; raises `SymcnnError` if it is not installed."""
    try:
        import torch
    except ImportError as error:
        missing = getattr(error, "name", None) in (None, "torch")
        message = "PyTorch is not installed" if missing else f"PyTorch cannot be imported: {error}"
        raise SymcnnError(message, hint="pip install 'symcnn[torch]'") from None
    return str(torch.__version__)


def verify(
    net: Analysis | Network, sizes: Iterable[Mapping[str, Any]] | None = None, tick: Tick = lambda done, of: None
) -> Verification:
    """Hold a network against PyTorch's own modules, layer by layer: outputs, stored numbers, multiply–accumulates.

    `sizes` are sets of values for the network's symbols; a symbol that a set leaves out gets a value that the
    conditions allow, and without `sizes` a few sets are chosen. Tensors have no storage, so that large sizes cost
    nothing. Raises `SymcnnError` if PyTorch is not installed, and for values that are not legal.
    """
    analysis = _symbolic(net)
    version = require_torch()
    from symcnn.interop.torch_run import Comparison

    runs = chosen_sizes(analysis, sizes)
    analyses = [analysis.at(**values) for values in runs]
    total = sum(map(_layers, (a.derivation for a in analyses)))
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        tick(done, total)

    with _quiet():
        found = tuple(Comparison(at, count).run(values) for at, values in zip(analyses, runs, strict=True))
        outside = tuple(_outside(analysis, values) for values in sizes_outside(analysis, runs))
    return Verification(analysis.net, "torch", version, found, tuple(x for x in outside if x is not None))


def to_torch(net: Analysis | Network, /, **sizes: Any) -> nn.Module:
    """Return a network as a module of PyTorch, set to inference; it takes a batch of inputs.

    `sizes` are values for the network's symbols; those that are left out are chosen as by `verify`. Raises
    `SymcnnError` for a network with a layer that PyTorch does not have.
    """
    analysis = _symbolic(net)
    require_torch()
    from symcnn.interop.torch_modules import NoModuleError
    from symcnn.interop.torch_run import RefusedError, check_addressable, network_module

    at = analysis.at(**chosen_sizes(analysis, [sizes])[0])
    assert at.derivation is not None
    check_addressable(at)
    try:
        with _quiet():
            return network_module(at.derivation, at.evaluate)
    except NoModuleError as error:
        raise NotSupportedError(f"'{at.net}' as a module of PyTorch: {error}") from None
    except RefusedError as error:
        raise SymcnnError(f"PyTorch does not take '{at.net}': {error}") from None


def _symbolic(net: Analysis | Network) -> Analysis:
    analysis = net if isinstance(net, Analysis) else analyse(net)
    return analysis.symbolic or analysis


def _layers(derivation: Derivation | None) -> int:
    """Return how many layers a run has, repetitions counted."""
    items = derivation.items if derivation else ()
    return sum(int(item.times) * _layers(item.body) if isinstance(item, Nest) else 1 for item in items)


def _outside(analysis: Analysis, values: Mapping[str, Any]) -> Outside | None:
    """Run a network where it is not defined; None where PyTorch cannot be asked, as for half a channel."""
    from symcnn.interop.arguments import NoIntegerError
    from symcnn.interop.torch_run import RefusedError, outcome

    known = checked(values, analysis.symbols, analysis.replaced)
    evaluate, relations = evaluator(known), tuple(claim.relation() for claim in broken(analysis, known))
    assert analysis.derivation is not None
    if not is_unrolled(analysis.derivation):
        return None  # where there are no closed forms, there is nothing to be run
    try:
        return Outside(values, relations, outcome(analysis.derivation, evaluate))
    except RefusedError as error:
        return Outside(values, relations, None, str(error))
    except (NoIntegerError, SymcnnError):
        return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep PyTorch's warnings to itself: on NumPy that is not there, on tensors without elements."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
