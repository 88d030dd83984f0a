"""What the usual letters of textbooks stand for, so that a mere formula can be known as a layer's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

# One row for each role: its letters, without underscores, and how many symbols may have it. A letter of several roles
# is tried in the order of the rows.
ROLES: dict[str, tuple[tuple[str, ...], int]] = {
    "size": (("H", "Hin", "h", "W", "Win", "w", "L", "l", "n", "nin", "N", "i", "I", "DF", "X"), 3),
    "output": (("Ho", "Hout", "H'", "ho", "hout", "h'", "Wo", "Wout", "W'", "wo", "wout", "w'", "OH", "OW", "n'"), 2),
    "kernel": (("K", "K1", "K2", "K3", "k", "k1", "k2", "k3", "F", "f", "DK", "Kh", "Kw", "r"), 3),
    "in": (("Cin", "Ci", "cin", "C", "c", "nin", "CI", "I", "M", "x"), 1),
    "out": (("Cout", "Co", "cout", "co", "O", "o", "F", "f", "M", "m", "N", "nout", "K", "units"), 1),
    "stride": (("S", "S1", "S2", "S3", "s", "s1", "s2", "s3"), 3),
    "padding": (("P", "p", "pad"), 1),
    "dilation": (("D", "d", "R", "r"), 1),
    "groups": (("G", "g"), 1),
    "output_padding": (("Op", "op", "OP", "A", "a"), 1),
    "batch": (("N", "B", "b"), 1),
}
_MOST_SYMBOLS, _MOST_ASSIGNMENTS = 9, 24

Assignment = Mapping[str, tuple[str, ...]]  # the symbols of each role, in the order of its letters


def assignments(names: Iterable[str]) -> Iterator[Assignment]:
    """Yield what symbols can stand for all together; nothing where one of them has no role.

    >>> next(assignments(["H", "K", "S"]))
    {'size': ('H',), 'kernel': ('K',), 'stride': ('S',)}
    """
    names = sorted(names)
    choices = [[role for role, (letters, _) in ROLES.items() if letter(name) in letters] for name in names]
    if len(names) > _MOST_SYMBOLS:
        return
    possible = (dict(zip(names, roles, strict=True)) for roles in product(*choices))
    yield from islice(map(_assigned, filter(_is_possible, possible)), _MOST_ASSIGNMENTS)


def letter(name: str) -> str:
    """Return a name as the table has it: C_in is Cin."""
    return name.replace("_", "")


def _is_possible(roles: Mapping[str, str]) -> bool:
    given = list(roles.values())
    return all(given.count(role) <= ROLES[role][1] for role in set(given))


def _assigned(roles: Mapping[str, str]) -> Assignment:
    found: dict[str, tuple[str, ...]] = {}
    for role, (letters, _) in ROLES.items():
        names = sorted((n for n in roles if roles[n] == role), key=lambda name: letters.index(letter(name)))
        if names:
            found[role] = tuple(names)
    return found
