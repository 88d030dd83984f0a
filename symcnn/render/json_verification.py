"""A verification as JSON: every value is a string."""

from __future__ import annotations

from typing import Any

from symcnn import __version__
from symcnn.analysis.result import relation_string
from symcnn.interop.verification import Facts, Outside, Row, Run, Verification
from symcnn.render.json import data_text, strings


def verification_json(verification: Verification) -> str:
    """Return a verification as one JSON object, with all its rows."""
    return data_text(
        {
            "symcnn": __version__,
            "net": verification.net,
            "against": {verification.framework: verification.version},
            "equal": verification.is_equal,
            "layers": str(verification.compared),
            "runs": [_run(run) for run in verification.runs],
            "outside": [_outside(outside) for outside in verification.outside],
        }
    )


def _run(run: Run) -> dict[str, Any]:
    return {
        "values": {name: str(value) for name, value in run.values.items()},
        "equal": run.is_equal,
        "layers": [_row(row) for row in run.rows],
        "total": None if run.total is None else _row(run.total),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "kind": row.kind,
        "module": row.module or None,
        "times": str(row.times),
        "verdict": row.verdict,
        "reason": row.reason or None,
        "ours": _facts(row.ours),
        "theirs": None if row.theirs is None else _facts(row.theirs),
    }


def _facts(facts: Facts) -> dict[str, Any]:
    numbers = {name: getattr(facts, name) for name in ("weights", "biases", "buffers", "counters", "macs")}
    return {"output": strings(facts.output)} | {n: None if v is None else str(v) for n, v in numbers.items()}


def _outside(outside: Outside) -> dict[str, Any]:
    return {
        "values": {name: str(value) for name, value in outside.values.items()},
        "broken": [relation_string(relation) for relation in outside.broken],
        "output": None if outside.output is None else strings(outside.output),
        "reason": outside.reason or None,
    }
