"""The house keeps its order: what may import what, what may never be called, and how long things may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "symcnn"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
FRONT_DOOR = {"symcnn", "symcnn.api", "symcnn.__main__"}

# One way through. A room uses itself and what stands before it; rooms of one line do not stand before each other.
ORDER = [
    ["source"],
    ["errors"],
    ["algebra"],
    ["formula"],
    ["tree"],
    ["syntax"],
    ["library"],
    ["repetition"],
    ["analysis"],
    ["crossover"],
    ["asymptotics"],
    ["compare", "solve"],
    ["memory"],
    ["report"],
    ["derive"],
    ["answers"],
    ["interop"],
    ["document"],
    ["render"],
    ["cli"],
]
PLACE = {room: place for place, rooms in enumerate(ORDER) for room in rooms}
FORBIDDEN = {"eval", "exec", "compile", "sympify", "parse_expr", "lambdify", "simplify", "equals", "__import__"}
# Reading a file and finding a syntax error wait for no SymPy.
LIGHT = [
    "source",
    "errors",
    "tree",
    "syntax",
    "library",
    "report",
    "formula.nodes",
    "formula.meaning",
    "formula.notation",
]


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def nodes(tree: ast.AST, inside_functions: bool = True) -> Iterator[ast.AST]:
    """Yield all nodes but those under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and is_type_checking(child):
            for alternative in child.orelse:
                yield from nodes(alternative, inside_functions)
            continue
        if not inside_functions and isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        yield child
        yield from nodes(child, inside_functions)


@cache
def imports(module: str, inside_functions: bool = True) -> frozenset[str]:
    found: set[str] = set()
    for node in nodes(tree_of(module), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            base = node.module or ""
            submodules = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else base for name in submodules}
    return frozenset(found)


def room(module: str) -> str:
    return module.split(".")[1]


INNER = [module for module in MODULES if module not in FRONT_DOOR]


@pytest.mark.parametrize("module", INNER)
def test_rooms_are_entered_in_order(module: str) -> None:
    for name in imports(module):
        if name.startswith("symcnn.") and name not in FRONT_DOOR:
            assert PLACE[room(name)] <= PLACE[room(module)], f"{module} imports {name}"


def test_only_versions_come_from_the_front_door() -> None:
    for module in INNER:
        for node in nodes(tree_of(module)):
            if isinstance(node, ast.ImportFrom) and node.module in FRONT_DOOR:
                names = {alias.name for alias in node.names if f"symcnn.{alias.name}" not in MODULES}
                assert names <= {"__version__"}, module


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("lark", {"syntax"}),
        ("rich", {"render"}),
        ("click", {"cli"}),
        ("json", {"answers", "render"}),
        ("torch", {"interop"}),
    ],
)
def test_tools_stay_in_their_rooms(package: str, rooms: set[str]) -> None:
    users = {room(m) for m in INNER for name in imports(m) if name.split(".")[0] == package}
    assert users <= rooms


@pytest.mark.parametrize("module", MODULES)
def test_nothing_dangerous_is_called(module: str) -> None:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            plain = isinstance(function, ast.Name)
            assert not (name in FORBIDDEN and (plain or name not in ("compile", "equals"))), f"{module}: {name}"
            assert name != "equals", f"{module}: {name}"
        if isinstance(node, ast.ImportFrom):
            assert not {alias.name for alias in node.names} & FORBIDDEN, module


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_are_short(module: str) -> None:
    tree = tree_of(module)
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) < 400
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{module}: {node.name}"


def reached(start: str) -> set[str]:
    """Return every module that importing `start` imports."""
    found, pending = set(), [start]
    while pending:
        module = pending.pop()
        if module in found or module not in MODULES:
            continue
        found.add(module)
        pending += imports(module, inside_functions=False)
        pending += [".".join(module.split(".")[:n]) for n in range(1, module.count(".") + 1)]
    return found


@pytest.mark.parametrize("module", [m for m in INNER if any(f"{m}.".startswith(f"symcnn.{x}.") for x in LIGHT)])
def test_light_modules_import_no_sympy(module: str) -> None:
    for other in reached(module):
        assert "sympy" not in {name.split(".")[0] for name in imports(other, inside_functions=False)}, other


def test_light_rooms_load_without_sympy() -> None:
    loaded = ", ".join(f"symcnn.{name}" for name in LIGHT)
    code = f"import sys, {loaded}; assert 'sympy' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_every_public_name_is_there() -> None:
    import symcnn

    for name in symcnn.__all__:
        assert callable(getattr(symcnn, name))
        assert getattr(symcnn, name).__doc__
