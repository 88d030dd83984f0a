"""Why the signs of a difference are what they are: the steps of the last run, the polynomials of the residues."""

from __future__ import annotations

from typing import Any

from symcnn.crossover import Crossover
from symcnn.document.lines import line
from symcnn.report import Line

_MOST_PIECES = 8  # residue polynomials that are written out


def sign_proof(crossover: Crossover) -> list[Line]:
    """Return the lines that prove the signs of a difference, as far as it takes some."""
    return [*_last_run(crossover), *piece_lines(crossover)]


def _last_run(crossover: Crossover) -> list[Line]:
    """Say why the last run goes on for ever: its first value, and the sign of every further step."""
    step = crossover.proof_step()
    if step is None:
        return []
    start, change, since = step
    value = crossover.difference_at(start)
    divided = [] if crossover.common == 1 else ["divided by ", crossover.common, " "]
    sign = "negative" if value < 0 else "positive"
    parts: list[Any] = ["proof: the difference ", *divided, "is ", value, " at ", crossover.symbol, f" = {start}"]
    parts += [", and each step changes it by ", change, f", which is {sign} from ", crossover.symbol, f" = {since} on"]
    if since > start:
        parts.append(f" ({start} to {since} were looked at one by one)")
    return [line(*parts)]


def piece_lines(crossover: Crossover) -> list[Line]:
    """Write out the polynomials of the residues, where there are several and not too many."""
    if crossover.is_smooth:
        return []
    modulus = crossover.pieces[0].modulus
    head = line(
        "proof: for each residue modulo ",
        modulus,
        " the difference is ",
        _form(crossover),
        ", whose signs are decided exactly",
    )
    if len(crossover.pieces) > _MOST_PIECES:
        return [head]
    x = crossover.symbol
    divided = [] if crossover.common == 1 else [", divided by ", crossover.common]
    lines = [
        line(x, f" = {p.modulus}", "q" + (f" + {p.residue}" if p.residue else ""), *divided, ": ", p.in_quotient())
        for p in crossover.pieces
    ]
    return [head, *lines]


def _form(crossover: Crossover) -> str:
    powers = any(base > 1 for piece in crossover.pieces for base, _ in piece.value.parts)
    return "a sum of powers" if powers else "a polynomial"
