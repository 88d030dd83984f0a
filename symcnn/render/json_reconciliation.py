"""Why two conventions count differently, as JSON: every value is a string in SymPy's spelling."""

from __future__ import annotations

from fractions import Fraction

from symcnn import __version__
from symcnn.analysis.reconciliation import Reconciliation
from symcnn.render.json import data_text


def reconciliation_json(found: Reconciliation) -> str:
    """Return a reconciliation as one JSON object: the first total is the second and all amounts."""
    first, second = found.conventions
    return data_text(
        {
            "symcnn": __version__,
            "net": found.analysis.net,
            "values": {name: str(Fraction(value)) for name, value in (found.analysis.values or {}).items()},
            "first": {"name": first.name, "doc": first.doc, "total": str(found.totals[0])},
            "second": {"name": second.name, "doc": second.doc, "total": str(found.totals[1])},
            "lines": [
                {
                    "kind": line.kind,
                    "text": line.words,
                    "layers": list(line.layers),
                    "amount": str(line.amount),
                }
                for line in found.lines
            ],
        }
    )
