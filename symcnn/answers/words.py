"""Runs of letters as symbols and functions, and products where nothing is written between factors."""

from __future__ import annotations

import re
from itertools import pairwise

from symcnn.answers import vocabulary as v
from symcnn.answers.binomials import is_combination, with_combinations
from symcnn.answers.phrases import Phrases
from symcnn.answers.scales import Scaled
from symcnn.answers.scanner import Scanner
from symcnn.answers.tokens import ENDS, STARTS, Token
from symcnn.answers.unreadable import Unreadable

_POWERLESS = re.compile(r"[^\W\d_]\d+$")
_WORD = re.compile(r"\w+'*")
_PARTS = re.compile(r"[_,+\-]")
_NUMBERS = re.compile(r"(?:NUMBER|_OPEN_BRACE NUMBER _CLOSE_BRACE) (?:NUMBER|_OPEN_BRACE NUMBER _CLOSE_BRACE)")
_COMPARISONS = ("<", ">", "≤", "≥", "≠")
_LONG_WORD = 4  # letters, from which on an unknown word beside a factor is no symbol


class Words:
    """The tokens of one answer with all its words resolved, ready for the parser."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.names = scanner.names
        self.phrases = Phrases(scanner)
        self.tokens = self.phrases.settle()
        self.assumed: dict[tuple[str, str], None] = {}
        self.free: dict[str, None] = {}
        self.bound: frozenset[str] = frozenset()

    def resolved(self) -> list[Token]:
        """Return the tokens for the parser."""
        types = [token.type for token in self.tokens[:2]]
        if types == ["RELATION", "NUMBER"] and self.tokens[0].value in _COMPARISONS:  # and no <b>
            token = self.tokens[0]
            span, chinese = self.scanner.plain.span(token.start, token.end), "这是比较，没有给出数值"
            raise Unreadable("syntax", "it compares, and says no value", span, "give the value", chinese)
        self._make_shapes()
        if f"{v.COMBINATIONS}_" in self.scanner.text:
            self.tokens = with_combinations(self.tokens, self.names, self.scanner.plain.mended)
        self.bound = frozenset(self._indices())
        self._resolve()
        self._make_crosses()
        self._round_square_brackets()
        self._refuse_several()
        tokens = self._multiplied()
        for token in tokens:
            token.span = self.scanner.plain.span(token.start, token.end)
        return tokens

    def refused(self, reason: str, message: str, token: Token, hint: str | None = None) -> Unreadable:
        """Return the error for a token."""
        return self.scanner.refused(reason, message, token.start, token.end, hint)

    def _indices(self) -> list[str]:
        tokens = self.tokens
        found = [
            tokens[i + 3].value
            for i in range(len(tokens) - 3)
            if tokens[i].type == "SERIES" and tokens[i + 3].type == "WORD"
        ]
        if any(token.type == "WORD" and token.value in v.SUMMED for token in tokens):
            found += [
                word.value
                for opening, word in pairwise(tokens)
                if opening.type == "_OPEN_SHAPE" and word.type == "WORD"
            ]
        return found

    def _make_shapes(self) -> None:
        """Tell the brackets of shapes from others: there are commas in them."""
        for bracket in self.scanner.brackets:
            if not bracket.commas or bracket.closed is None:
                continue
            if bracket.kind in ("", "list"):
                bracket.token.type, bracket.closed.type = "_OPEN_SHAPE", "_CLOSE_SHAPE"
            before = next((a for a, b in pairwise(self.tokens) if b is bracket.token), None)
            if before is not None and is_combination(before, self.names):
                before.type, before.value = "FUNCTION", "binomial"
        types = [token.type for token in self.tokens]
        for i in range(len(types) - 1):
            if types[i : i + 2] == ["_OPEN", "_OPEN_SHAPE"]:
                close = next(
                    (j for j in range(i, len(types) - 1) if types[j : j + 2] == ["_CLOSE_SHAPE", "_CLOSE"]), None
                )
                if close is not None:  # torch.Size([64, 32, 32])
                    self.tokens = [t for j, t in enumerate(self.tokens) if j not in (i, close + 1)]
                return

    def _resolve(self) -> None:
        found: list[Token] = []
        tokens = self.tokens
        for place, token in enumerate(tokens):
            if token.type in ("WORD", "CHINESE"):
                following = tokens[place + 1] if place + 1 < len(tokens) else None
                found += self._word(token, found[-1] if found else None, following)
            elif token.type == "MARK":
                self._marked(token)
            elif token.type == "TIMES" and token.value == "%":
                following = tokens[place + 1] if place + 1 < len(tokens) else None
                divides = following is not None and following.type in STARTS | {"WORD"}
                found.append(token if divides else token.changed("PERCENT", "%"))
            else:
                found.append(token)
        self.tokens = found

    def _marked(self, token: Token) -> None:
        if token.value in (";",):
            raise self.refused("several", "there are several answers", token, "give one answer")
        if token.value in ("..", "...", "…"):
            raise self.refused("syntax", "dots leave open what is meant", token, r"write a sum: \sum_{l=0}^{L-1} 2^l")
        raise self.refused("syntax", f"'{token.value}' is not understood here", token)

    def _word(self, token: Token, before: Token | None, following: Token | None) -> list[Token]:
        """Return the symbols, the function or the sign that a run of letters is."""
        word = token.value
        opens = following is not None and following.type == "_OPEN"
        if token.type == "CHINESE" and opens and word in v.CHINESE_ROUNDED:
            return [token.changed("FUNCTION", "floor" if v.CHINESE_ROUNDED[word] == "FLOOR" else "ceil")]
        if token.type == "CHINESE":
            raise self.refused("prose", f"'{word}' is not mathematics", token, "answer with a formula or a number")
        if word in v.ORDERS and opens and self._begins_member(before) and self._asks_order(word):
            return [token.changed("ORDER", v.ORDERS[word])]
        if word not in self.names:
            if opens and (word in v.FUNCTIONS or (word.lower() in v.FUNCTIONS and not self.names.splits(word))):
                return [token.changed("FUNCTION", v.FUNCTIONS.get(word) or v.FUNCTIONS[word.lower()])]
            if opens and word in v.TABLE_FUNCTIONS and not self.names.splits(word):
                return [token.changed("FUNCTION", v.TABLE_FUNCTIONS[word])]
            if opens and word in v.SUMMED:
                return [token.changed("SUMMED", v.SUMMED[word])]
            if word.lower() in v.NUMBERS:
                return [token.changed("NUMBER", Scaled.plain(v.NUMBERS[word.lower()]))]
            if word.lower() in v.SIGNS and self._is_between(before, following):
                return [token.changed(*v.SIGNS[word.lower()])]
            if word == "div" and self._is_between(before, following):
                return [token.changed("TIMES", "//")]
            if word in v.UNKNOWN_FUNCTIONS and word not in self.bound:
                raise self.refused("unknown", f"the function '{word}' is not understood", token)
            if word == "choose" and self._is_between(before, following):
                return [token.changed("_CHOOSE", word)]
            if word == "mod":
                return [token.changed("TIMES", "%")]
            if word.lower() in v.PERCENT and before is not None and before.type in ENDS:
                return [token.changed("PERCENT", "%")]
            if word in ("x", "X", "by") and self._is_between(before, following):
                return [token.changed("TIMES", "×")]
        return self._symbols(token, before, following)

    def _symbols(self, token: Token, before: Token | None, following: Token | None) -> list[Token]:
        found = self.names.resolve(token.value, self.bound)
        self.assumed.update(dict.fromkeys(found.assumed))
        self.free.update(dict.fromkeys(found.free))
        for written, name in found.mended:
            self.scanner.plain.mended(f"{written} read as {name}", f"{written} 按 {name} 读")
        if found.free and found.word:
            self._refuse_prose(token, before, following)
        self._refuse_indexed(token, [piece.name for piece in found.pieces])
        tokens = []
        for piece in found.pieces:
            type_, value = ("TIMES", "×") if piece.name == "×" else ("NAME", piece.name)
            made = Token(type_, value, token.start + piece.start, token.start + piece.end, token.depth)
            made.gap = token.gap and not piece.start
            tokens.append(made)
        tokens[-1].end = token.end
        tokens[0].argument = token.argument
        return tokens

    def _refuse_indexed(self, token: Token, names: list[str]) -> None:
        """Refuse C_l under a sum over l: it is another symbol at each index."""
        for name in names if self.bound else ():
            if self.bound & set(_PARTS.split(name)[1:]):
                raise self.refused("unknown", f"'{name}' under a sum over its index is not understood", token)

    def _refuse_prose(self, token: Token, before: Token | None, following: Token | None) -> None:
        """Refuse an unknown word unless signs around it make it a symbol."""
        word = token.value
        if not _WORD.fullmatch(word):
            raise self.refused("unknown", f"'{word}' is not understood", token, "declare it, or write a symbol for it")
        if word.lower() in v.CODE:
            raise self.refused("prose", f"'{word}' is not mathematics", token, "answer with a formula or a number")
        if _POWERLESS.match(word) and word[0] in self.names:
            raise self.refused(
                "syntax", f"'{word}' is not understood", token, f"write {word[0]}^{word[1:]} or {word[1:]}{word[0]}"
            )
        if self._is_prose(token, before, following):
            declared = ", ".join(self.names.symbols)
            hint = f"the symbols here are {declared}" if declared else "answer with a number"
            raise self.refused("prose", f"'{word}' is not understood", token, hint)

    def _is_prose(self, token: Token, before: Token | None, following: Token | None) -> bool:
        """Tell an unknown word of a sentence from a symbol: it stands alone, in brackets, or beside something."""
        word = token.value
        if self._begins_member(before) and (following is None or following.type in _MEMBER_ENDS):
            return True
        if before is not None and following is not None and (before.type, following.type) == ("_OPEN", "_CLOSE"):
            return True
        if following is not None and following.type == "WORD" and following.gap:
            return True
        behind = before is not None and before.type in ENDS
        ahead = following is not None and (following.type in STARTS or following.type in ("WORD", "CHINESE"))
        apart = (behind and token.gap) or (ahead and following is not None and following.gap)
        long = sum(map(str.isalpha, word)) >= _LONG_WORD
        return (behind or ahead) and (long or (apart and word.isalpha() and word.islower()))

    def _begins_member(self, before: Token | None) -> bool:
        return before is None or before.type in ("EQUALS", "RELATION", "ABOUT", "AXIS")

    def _asks_order(self, word: str) -> bool:
        if self.scanner.form == "order":
            return True
        return word not in self.names and word in ("O", "Θ", "Ω", "Theta", "Omega")

    @staticmethod
    def _is_between(before: Token | None, following: Token | None) -> bool:
        if following is None or following.type not in STARTS | {"WORD"}:
            return False
        return before is not None and before.type in ENDS

    def _cross_spaces(self) -> None:
        """Read the spaces between the numbers of a shape, and its stars where there is no cross, as crosses."""
        tokens: list[Token] = []
        for token in self.tokens:
            if token.type == "NUMBER" and token.gap and tokens and tokens[-1].type == "NUMBER":
                tokens.append(Token("TIMES", "×", token.start - 1, token.start, token.depth))
                self.scanner.plain.mended("spaces between numbers read as ×", "数字之间的空格按 × 读")
            tokens.append(token)
        self.tokens = tokens
        signs = {token.value for token in tokens if token.type in ("TIMES", "SIGN", "_COMMA", "_POWER", "FRACTION")}
        if signs == {"*"}:
            self.scanner.plain.mended("* read as × between the sizes of a shape", "形状中的 * 按 × 读")
            for token in tokens:
                if token.type == "TIMES":
                    token.value = "×"

    def _make_crosses(self) -> None:
        """Make the × of a shape that part its sizes, and stand in the fewest brackets, crosses; others are products."""
        if self.scanner.form == "shape":
            self._cross_spaces()
        crosses = [i for i, token in enumerate(self.tokens) if token.type == "TIMES" and token.value == "×"]
        if not crosses:
            return
        commas = {token.depth for token in self.tokens if token.type == "_COMMA"}
        least = min(self.tokens[i].depth for i in crosses)
        listed = any(depth <= least for depth in commas)  # deeper ones part the arguments of max
        if self.scanner.form == "shape" and least in commas:  # 64, 32×32
            self.scanner.seen.add("crosses")
        for i in crosses:
            token = self.tokens[i]
            if self.scanner.choices.get("crosses") and token.depth == least:
                token.type = "_COMMA"
            elif self.scanner.form == "shape" and not listed and token.depth == least:
                token.type = "_CROSS"
                self._open_shape(i)
            else:
                token.value = "*"

    def _open_shape(self, place: int) -> None:
        """Make the brackets around a cross those of a shape."""
        depth = self.tokens[place].depth
        if not depth:
            return
        first = next((i for i in range(place, -1, -1) if self.tokens[i].depth == depth - 1), 0)
        last = next((i for i in range(place, len(self.tokens)) if self.tokens[i].depth == depth - 1), first)
        if self.tokens[first].type == "_OPEN" and self.tokens[last].type == "_CLOSE":
            self.tokens[first].type, self.tokens[last].type = "_OPEN_SHAPE", "_CLOSE_SHAPE"

    def _round_square_brackets(self) -> None:
        """Read [x/2] as ⌊x/2⌋ where that is chosen; it is also read as brackets."""
        for bracket in self.scanner.brackets:
            if bracket.token.value != "[" or bracket.token.type != "_OPEN" or bracket.closed is None:
                continue
            inside = [t for t in self.tokens if bracket.token.start < t.start < bracket.closed.start]
            if any(t.type == "FRACTION" or (t.type == "TIMES" and t.value == "/") for t in inside):
                self.scanner.seen.add("floors")
                if self.scanner.choices.get("floors"):
                    bracket.token.type, bracket.closed.type = "FLOOR", "CLOSE_FLOOR"

    def _refuse_several(self) -> None:
        if self.scanner.form == "shape" or any(token.type == "AXIS" for token in self.tokens):
            return
        for token in self.tokens:
            if token.type == "_COMMA" and not token.depth:
                raise self.refused("several", "there are several answers", token, "one value is asked for: give one")

    def _multiplied(self) -> list[Token]:
        """Put products between factors with nothing between them."""
        found: list[Token] = []
        divided: set[int] = set()  # the depths at which the last sign was a division
        before: Token | None = None
        for token in self.tokens:
            if token.type == "SIGN" and len(found) > 1 and found[-1].type == found[-2].type == "SIGN":
                raise self.refused("syntax", "there are too many signs here", token)
            if before is not None and before.type in ENDS and token.type in STARTS and not token.argument:
                raised = len(found) > 1 and found[-2].type == "_POWER"
                found.append(self._product(before, token, divided, raised or before.type in ("NAME", "_CLOSE_BRACE")))
            elif token.type == "TIMES" and token.value != "*":
                divided.add(token.depth)
            elif token.type in ("TIMES", "SIGN", "EQUALS", "RELATION", "_COMMA", "_CROSS"):
                divided.discard(token.depth)
            found.append(token)
            if before is not None and before.type in ("FRACTION", "BINOMIAL"):
                token.argument = True
            before = token
        return found

    def _is_fraction_of_numbers(self, token: Token) -> bool:
        place = next(i for i, other in enumerate(self.tokens) if other is token)
        return _NUMBERS.match(" ".join(t.type for t in self.tokens[place + 1 : place + 7])) is not None

    def _is_on_another_line(self, before: Token, token: Token) -> bool:
        """Tell whether a line ends between two factors, but in LaTeX, where it says nothing."""
        return "\\" not in self.scanner.text and "\n" in self.scanner.text[before.end : token.start]

    def _opens_with_plus(self, token: Token) -> bool:
        place = next(i for i, other in enumerate(self.tokens) if other is token)
        return (
            place + 1 < len(self.tokens)
            and self.tokens[place + 1].type == "SIGN"
            and self.tokens[place + 1].value == "+"
        )

    def _is_raised(self, token: Token) -> bool:
        place = next(i for i, other in enumerate(self.tokens) if other is token)
        return place + 1 < len(self.tokens) and self.tokens[place + 1].type == "_POWER"

    def _product(self, before: Token, token: Token, divided: set[int], is_symbol: bool) -> Token:
        """Return the product; `is_symbol` tells that what stands before is a symbol or a power."""
        if not token.depth and self._is_on_another_line(before, token):
            hint = "give one answer; what goes on begins with a sign, and a chain with ="
            raise self.refused("several", "another line begins here", token, hint)
        if before.type == "NUMBER" and token.type == "_OPEN" and self._opens_with_plus(token):
            raise self.refused(
                "syntax", "brackets that begin with + are no factor", token, "write 9216 + 64, or * for times"
            )
        closed = before.type in ("_CLOSE", "CLOSE_FLOOR", "CLOSE_CEILING")
        raised = is_symbol and token.gap and self._is_raised(token)  # n 2^n, C^2 4^i
        if token.type == "NUMBER" and (token.gap or not closed) and not raised:
            raise self.refused("syntax", "a sign is missing before this number", token, "* is times, ^ a power")
        if token.type == "FRACTION" and before.type == "NUMBER" and self._is_fraction_of_numbers(token):
            hint = "write 5/2 or 2.5, or * for times"
            raise self.refused("syntax", "a number before a fraction is a sum or a product", token, hint)
        type_ = "_JUXTAPOSED"
        if token.type == "SERIES":
            type_ = "TIMES"
        elif token.depth in divided:
            self.scanner.seen.add("loose")
            if self.scanner.choices.get("loose"):
                type_ = "TIMES"
        return Token(type_, "*", token.start, token.start, token.depth)


_MEMBER_ENDS = frozenset(("EQUALS", "RELATION", "UNIT"))
