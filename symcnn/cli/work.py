"""What the commands do, between their arguments and their output."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.style import Style
from symcnn.source import Source
from symcnn.syntax import load_file, parse_alone
from symcnn.syntax.read import decode, read_bounded
from symcnn.tree import File, Net, Network, Step

if TYPE_CHECKING:
    from symcnn.analysis import Analysis
    from symcnn.formula.style import Style

_Of = TypeVar("_Of")


def derived(
    file: str,
    names: Sequence[str],
    settings: Iterable[str],
    values: Iterable[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
    counts: Iterable[str] = (),
    rate: str | None = None,
) -> str:
    """Return the output of `derive`; `counts` are the conventions beside the quantities, `rate` is of a machine."""
    from symcnn.cli.counting import listed

    analyses = asked_for(file, names, settings, values, assume, format_, listed(counts))
    if rate is not None:
        analyses = [analysis.timed(rate) for analysis in analyses]
        _warn_of_rates(analyses)
    from symcnn.render import render_all

    style.check_symbols(symbols_of(analyses))
    return render_all(analyses, format_, style)


def _warn_of_rates(analyses: Iterable[Analysis]) -> None:
    """Warn of conventions whose time is no time at a rate in FLOP/s."""
    from symcnn.analysis.timing import counts_once, timed_conventions

    once = dict.fromkeys(n for a in analyses for n in timed_conventions(a) if counts_once(a, n))
    if not once:
        return
    said = ("counts", "its time is half") if len(once) == 1 else ("count", "their times are half")
    hint = "give the rate in multiply–adds per second, which is half of the FLOP/s, or count flops"
    message = f"{', '.join(once)} {said[0]} a multiply–add once: at a rate in FLOP/s {said[1]} of the true one"
    click.echo(f"warning: {message}\n  {hint}", err=True)


def asked_for(
    file: str,
    names: Sequence[str],
    settings: Iterable[str],
    values: Iterable[str],
    assume: tuple[str, ...],
    format_: str,
    counts: tuple[str, ...] = (),
) -> list[Analysis]:
    """Return the analyses of the chosen nets, with values where some are given; a format of one net gets one."""
    networks = _chosen(_read(file), names)
    at = pairs(values, "--at")
    from symcnn.render import check_format

    check_format(format_)
    if format_ == "json" and len(networks) > 1:
        listed = ", ".join(network.name for network in networks)
        raise SymcnnError(f"JSON is of one net, and {file} has several", hint=f"choose with --net: {listed}")
    found = _analyses(networks, pairs(settings, "--set"), assume)
    return _valued([analysis.beside(*counts) for analysis in found] if counts else found, at)


def symbols_of(analyses: Iterable[Analysis]) -> set[str]:
    """Return the names of the symbols, before values were put in."""
    return {name for analysis in analyses for name in (analysis.symbolic or analysis).symbols}


def _valued(analyses: Sequence[Analysis], at: dict[str, str]) -> list[Analysis]:
    """Give each of several nets the values of its own symbols; a name that none of them has is an error of all."""
    known = {name for analysis in analyses for name in analysis.symbols}
    chosen = [{name: v for name, v in at.items() if name in a.symbols or name not in known} for a in analyses]
    return [_at(a, values, len(analyses)) for a, values in zip(analyses, chosen, strict=True)]


def _at(analysis: Analysis, values: dict[str, str], of: int) -> Analysis:
    """Return an analysis at the given values, if there are any; one of several says of which net its mistake is."""
    try:
        return analysis.at(**values) if values else analysis
    except SymcnnError as error:
        if of > 1 and error.span is None:
            hint = f"{error.hint}; or choose another net with --net" if error.hint else None
            raise SymcnnError(f"{analysis.net}: {error.message}", hint=hint) from None
        raise


def explained(
    file: str,
    names: Sequence[str],
    part: tuple[tuple[str, ...], tuple[str, ...]],
    settings: Iterable[str],
    values: Iterable[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
) -> str:
    """Return the output of `explain`; `part` has the layers and the quantities that are asked for."""
    analyses = asked_for(file, names, settings, values, assume, format_)
    from symcnn.derive import derive
    from symcnn.document.explanation import letters
    from symcnn.render import render_all

    explanations = of_those_that_have_it(analyses, lambda analysis: derive(analysis, *part))
    style.check_symbols(symbols_of(analyses), letters(explanations))
    return render_all(explanations, format_, style)


def of_those_that_have_it(analyses: Sequence[_Of], act: Callable[[_Of], Any]) -> list[Any]:
    """Do something with each of several nets, of which only some have the layer that is asked for."""
    found, errors = [], []
    for analysis in analyses:
        try:
            found.append(act(analysis))
        except SymcnnError as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    return found


def compared(
    file: str,
    names: Sequence[str],
    quantities: Sequence[str],
    growing: Sequence[str],
    settings: Iterable[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
) -> str:
    """Return the output of `compare`."""
    read = _read(file)
    networks = _chosen(read, names)
    if len(networks) < 2:
        hint = "name two nets of the file" if names or read.asked else "the file needs two nets with an input"
        raise SymcnnError("compare takes at least two nets", hint=hint)
    from symcnn.compare import DEFAULT_QUANTITIES, compare
    from symcnn.render import check_format, render_all

    check_format(format_)
    if format_ == "json" and len(networks) > 2:
        raise SymcnnError("JSON is of one comparison", hint=f"name two of {', '.join(n.name for n in networks)}")
    *others, last = analyses = _analyses(networks, pairs(settings, "--set"), assume)
    style.check_symbols(symbols_of(analyses))
    wanted = tuple(quantities) or DEFAULT_QUANTITIES
    return render_all([compare(other, last, wanted, growing) for other in others], format_, style)


def reference(kind: str | None, format_: str, style: Style) -> str:
    """Return the output of `layers`."""
    from symcnn.document.reference import kind_document, layers_document, reference_data
    from symcnn.library.standard import WITH_AXES, meant_kind, standard_kind, standard_library
    from symcnn.render import check_format, render_document
    from symcnn.render.json import data_text

    check_format(format_)
    library = standard_library()
    with_axes = WITH_AXES.fullmatch(kind or "")
    kind = with_axes["base"] if with_axes else kind  # Conv2d is Conv
    if kind is not None and kind not in (*library.layers, *library.nets):
        raise SymcnnError(f"unknown layer kind '{kind}'", hint=meant_kind(kind))
    kinds = [standard_kind(name) for name in library.layers if kind in (None, name)]
    nets = [net for name, net in library.nets.items() if kind in (None, name)]
    if format_ == "json":
        return data_text(reference_data(kinds, nets, () if kind else library.slips))
    if kind is None:
        document = layers_document(kinds, nets, library.slips, style.language)
    else:
        document = kind_document(kinds[0] if kinds else nets[0], style.language)
    return render_document(document, format_, style)


def whole(style: Style, standalone: bool, format_: str) -> Style:
    """Return the style, of a whole document if that is asked for."""
    if standalone and format_ != "latex":
        raise SymcnnError("--standalone is of LaTeX", hint="add --format latex")
    return replace(style, standalone=standalone)


def styled(notations: Iterable[str], digits: str, si: bool) -> Style:
    """Return the style that the options ask for."""
    from symcnn.formula.author import notated

    names = {}
    for text in notations:
        name, equals, code = text.partition("=")
        source = Source("--notation", text)
        if not (name.strip() and equals):
            raise SymcnnError(
                "--notation wants SYMBOL=LATEX", source.span(0, len(text)), "as in --notation C_in=N_{i-1}"
            )
        if name.strip() in names:
            raise SymcnnError(f"--notation gives {name.strip()} twice")
        notated(source, len(name) + 1)
        names[name.strip()] = code
    return Style(names=names, digits=digits, si=si)


def in_language(style: Style, language: str) -> Style:
    """Return the style with words in a language."""
    from symcnn.document.words import check_language

    return replace(style, language=check_language(language))


def destined(format_: str, output: str | None) -> str:
    """Return the format, which for text in a terminal is that of the terminal."""
    interactive = output is None and sys.stdout is not None and sys.stdout.isatty()
    return "terminal" if format_ == "text" and interactive else format_


def write(text: str, output: str | None) -> None:
    """Print a text, or put it into a file whose old content stays until the new one is whole."""
    if output is None:
        _print(text)
        return
    try:
        _write_file(text, Path(output).resolve())
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SymcnnError(f"cannot write {output}: {reason.lower()}") from None


def _print(text: str) -> None:
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if sys.stdout is None:
        raise SymcnnError("standard output is closed", hint="write to a file with -o")
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as in `| head`
        _let_go()
    except OSError as error:
        _let_go()
        raise SymcnnError(f"cannot write the output: {(error.strerror or str(error)).lower()}") from None


def _let_go() -> None:
    """Point standard output nowhere: what is still in its buffer cannot be written when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(text: str, target: Path) -> None:
    if target.exists() and not target.is_file():  # a device or a pipe; a folder is refused
        target.write_text(text, encoding="utf-8")
        return
    handle, name = tempfile.mkstemp(dir=target.parent)
    new = Path(name)
    try:
        os.close(handle)
        new.write_text(text, encoding="utf-8")
        new.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read(file: str) -> File:
    if file != "-":
        return load_file(file)
    if sys.stdin is None:
        raise SymcnnError("standard input is closed", hint="name a file instead of -")
    return parse_alone(decode(read_bounded(sys.stdin.buffer), "standard input"))


def _chosen(file: File, names: Sequence[str]) -> list[Network]:
    """Return the named nets, of used files too, or the one the path named, or all that are networks of their own."""
    for name in names:
        if name not in file.nets:
            hint = did_you_mean(name, file.nets, _listed(file))
            raise SymcnnError(f"there is no net '{name}' in {file.source.name}", hint=hint)
    chosen = list(names) or ([file.asked] if file.asked else _roots(file))
    if not chosen:
        raise _no_net(file)
    return [Network(file, file.nets[name]) for name in chosen]


def _no_net(file: File) -> SymcnnError:
    name = file.source.name
    if not file.nets:
        return SymcnnError(f"{name} has no net", hint="write net a { input 3×H×W; Conv(64, 3) }")
    if not file.own_nets:
        return SymcnnError(f"{name} has no net of its own", hint=f"name one that it uses: {', '.join(file.nets)}")
    *_, last = file.own_nets.values()
    hint = f"begin it with one, as in net {last.name} {{ input 3×H×W; … }}"
    return SymcnnError(f"no net of {name} has an input", last.span, hint)


def _listed(file: File) -> str:
    own = f"the file has {', '.join(file.own_nets)}" if file.own_nets else "the file has no nets"
    used = [name for name in file.nets if name not in file.own_nets]
    return f"{own}; those it uses have {', '.join(used)}" if used else own


def _roots(file: File) -> list[str]:
    """Return the file's own nets with an input that no other net uses."""
    nets = file.own_nets
    used = {kind for net in nets.values() for kind in _kinds(net) if kind != net.name}
    with_input = [name for name, net in nets.items() if net.input is not None]
    return [name for name in with_input if name not in used] or with_input


def _kinds(net: Net) -> Iterable[str]:
    from symcnn.analysis.statements import statements

    return (s.kind for s in statements(net.body) if isinstance(s, Step))


def _analyses(networks: Sequence[Network], settings: dict[str, str], assume: tuple[str, ...]) -> list[Analysis]:
    """Analyse every net with those of the settings that are its parameters; each must be one of some net."""
    from symcnn.analysis import analyse

    known = [{parameter.name for parameter in network.definition.parameters} for network in networks]
    for name in settings:
        if not any(name in names for names in known):
            listed = ", ".join(sorted(set().union(*known)))
            has = f"its parameters are {listed}" if listed else "it has none"
            hint = f'{has}; a symbol is fixed by --assume "{name} == {settings[name]}"'
            nets = " or ".join(network.name for network in networks)
            raise SymcnnError(f"{nets} has no parameter '{name}'", hint=did_you_mean(name, set().union(*known), hint))
    analyses = []
    for network, names in zip(networks, known, strict=True):
        chosen: dict[str, Any] = {name: value for name, value in settings.items() if name in names}
        analyses.append(analyse(network, assume=assume, **chosen))
    warnings = [warning for analysis in analyses for warning in analysis.warnings]
    if all(analysis.unused for analysis in analyses):  # what one of the nets knows is no slip of the pen
        warnings += analyses[0].unused
    warn(warnings)
    return analyses


def warn(warnings: Iterable[str]) -> None:
    """Say warnings on standard error, each once."""
    for warning in dict.fromkeys(warnings):
        click.echo(f"warning: {warning}", err=True)


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """Read `H=224`, several also in one, separated by commas: `H=224,W=224`."""
    pairs: dict[str, str] = {}
    for text in texts:
        parts = text.split(",") if option == "--at" else [text]
        for part in parts:
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not (name and equals and value):
                span = Source(option, text).span(0, len(text))
                comma = ", and commas only between such pairs" if "," in text else ""
                raise SymcnnError(f"{option} wants NAME=VALUE{comma}", span, f"as in {option} H=224")
            if name in pairs:
                raise SymcnnError(f"{option} gives {name} twice")
            pairs[name] = value
    return pairs
