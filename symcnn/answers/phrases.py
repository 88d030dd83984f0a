"""What stands around the formulas of an answer: labels, units, words of sentences; what makes it no answer."""

from __future__ import annotations

from symcnn.answers import vocabulary as v
from symcnn.answers.placeholders import with_batch
from symcnn.answers.scanner import Scanner
from symcnn.answers.shape_words import with_words
from symcnn.answers.spoken import with_divisions, with_spoken_powers
from symcnn.answers.terms import counted_terms
from symcnn.answers.tokens import ENDS, STARTS, Token
from symcnn.answers.units import NOTHING, unit_named
from symcnn.answers.unreadable import Unreadable

_LABEL_WORDS = 8
_BEGINNINGS = STARTS | {"WORD", "CHINESE", "ABOUT", "RELATION"}
_WORDS = frozenset(("WORD", "CHINESE"))
_RELATIONS = frozenset(("EQUALS", "RELATION"))


class Phrases:
    """The tokens of one answer, of which everything that is no mathematics is taken away or told."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.names = scanner.names
        self.tokens = scanner.tokens
        self.label = self.joint = ""
        self.factor = False  # it is ×4, or 4x

    def settle(self) -> list[Token]:
        """Return the tokens of the mathematics, with LABEL, UNIT, ABOUT and NOTHING among them."""
        self._unbox()
        self.tokens = with_batch(self.tokens, self.scanner)
        if self.scanner.form == "shape":
            self.tokens = with_words(self.tokens, self.is_word)
        self._split_chinese()
        if any(token.type in _WORDS and self.is_word(token) for token in self.tokens):
            self.tokens = with_spoken_powers(self.tokens, self.is_word)
        self._drop_abbreviating_dots()
        self._drop_final_marks()
        self._name_axes()
        self._refuse_hedges()
        if ":" in self.scanner.text:
            self.tokens = with_divisions(self.tokens, self._is_factor, self.scanner.plain.mended)
        self._join_lines()
        self._take_label()
        self._equate()
        self.tokens = [token for segment in self._segments() for token in self._measured(segment)]
        return self.tokens

    def refused(self, reason: str, message: str, token: Token, hint: str | None = None) -> Unreadable:
        """Return the error for a token."""
        return self.scanner.refused(reason, message, token.start, token.end, hint)

    def text_of(self, first: Token, last: Token) -> str:
        """Return the plain text from one token to another."""
        return self.scanner.text[first.start : last.end]

    def is_word(self, token: Token) -> bool:
        """Tell whether a token is a run of letters that the question does not declare."""
        return token.type == "CHINESE" or (token.type == "WORD" and token.value not in self.names)

    def _is_factor(self, token: Token) -> bool:
        """Tell whether a token is no word, or a product of declared symbols."""
        return not self.is_word(token) or (token.type == "WORD" and self.names.splits(str(token.value)))

    def _unbox(self) -> None:
        if not self.scanner.boxes:
            return
        if self.scanner.boxes > 1:
            boxes = [token for token in self.tokens if token.type == "BOX"]
            raise self.refused("several", "there are two boxes", boxes[-1], "box one answer")
        first = next(i for i, token in enumerate(self.tokens) if token.type == "BOX")
        last = next(i for i, token in enumerate(self.tokens) if token.type == "CLOSE_BOX")
        behind = [token for token in self.tokens[last + 1 :] if token.type != "MARK"]
        alone = first == 0 or self.tokens[first - 1].type in _RELATIONS or self.is_word(self.tokens[first - 1])
        if alone and (not behind or behind[0].type in _RELATIONS):
            for token in self.tokens[first + 1 : last]:
                token.depth -= 1
            self.tokens = self.tokens[:first] + self.tokens[first + 1 : last] + self.tokens[last + 1 :]
        else:
            self.tokens[first].type, self.tokens[last].type = "_OPEN_BRACE", "_CLOSE_BRACE"

    def _split_chinese(self) -> None:
        if not any(token.type == "CHINESE" for token in self.tokens):
            return
        found: list[Token] = []
        for token in self.tokens:
            found += self._chinese(token) if token.type == "CHINESE" else [token]
        self.tokens = found

    def _chinese(self, token: Token) -> list[Token]:
        """Cut a run of Chinese at the words for is and about; units and words for nothing stay whole."""
        found, text, start = [], str(token.value), token.start
        while text:
            if text in NOTHING or text in v.CHINESE_ROUNDED or unit_named(text) is not None:
                found.append(Token("CHINESE", text, start, start + len(text), token.depth))
                break
            if (power := next((w for w in v.CHINESE_POWERS if text.startswith(w)), None)) is not None:
                found.append(Token("CHINESE", power, start, start + len(power), token.depth))
                text, start = text[len(power) :], start + len(power)
                continue
            type_, length = self._chinese_word(text, token)
            if type_:
                value = "=" if type_ == "EQUALS" else text[:length]
                type_, value = v.CHINESE_SIGNS.get(value, (type_, value))
                found.append(Token(type_, value, start, start + length, token.depth))
            text, start = text[length:], start + length
        return found

    def _chinese_word(self, text: str, token: Token) -> tuple[str, int]:
        for words, type_ in _CHINESE:
            for word in words:
                if text.startswith(word):
                    if type_ in ("hedged", "several"):
                        raise self.refused(type_, "this is no single answer", token)
                    return type_, len(word)
        raise self.refused("prose", f"'{text}' is not mathematics", token, "answer with a formula or a number")

    def _drop_abbreviating_dots(self) -> None:
        """Leave out the dot of approx. and ca."""
        for place in range(len(self.tokens) - 1, 0, -1):
            token, before = self.tokens[place], self.tokens[place - 1]
            dot = token.value == "." and token.type == "MARK"
            if dot and before.type == "WORD" and before.value.lower() in v.APPROXIMATE:
                del self.tokens[place]

    def _drop_final_marks(self) -> None:
        while self.tokens and self.tokens[-1].type == "MARK" and self.tokens[-1].value in (".", "。", ";"):
            self.tokens.pop()
        while self.tokens and self.tokens[-1].type == "_COMMA" and not self.tokens[-1].depth:
            self.tokens.pop()
        if not self.tokens:
            raise self.scanner.refused("empty", "there is no answer here", 0, len(self.scanner.text))

    def _name_axes(self) -> None:
        """Read C=64, H=32, W=32 as a shape whose sizes have names."""
        if self.scanner.form not in ("shape", None):
            return
        self._part_axes()
        starts = [0, *(i + 1 for i, token in enumerate(self.tokens) if token.type == "_COMMA")]
        if len(starts) < 2:
            return
        if self.tokens[0].type == "_OPEN":
            starts[0] = 1
        named = [i for i in starts if self._begins_axis(i)]
        if len(named) != len(starts) or len(named) != sum(token.type == "EQUALS" for token in self.tokens):
            return
        for place in reversed(named):
            name = self.tokens[place]
            name.type = "AXIS"
            del self.tokens[place + 1]

    def _part_axes(self) -> None:
        """Put commas into C=64 H=32 W=32."""
        found: list[Token] = []
        for place, token in enumerate(self.tokens):
            behind = token.gap and found and found[-1].type in ("NUMBER", "WORD", "_CLOSE")
            if behind and self._begins_axis(place) and any(other.type == "EQUALS" for other in found):
                found.append(Token("_COMMA", ",", token.start - 1, token.start, token.depth))
            found.append(token)
        self.tokens = found

    def _begins_axis(self, place: int) -> bool:
        following = self.tokens[place : place + 2]
        return [token.type for token in following] == ["WORD", "EQUALS"]

    def _refuse_hedges(self) -> None:
        for place, token in enumerate(self.tokens):
            if token.type == "MARK" and token.value in "?？":
                raise self.refused(
                    "hedged", "a question is no answer", token, "leave out the question mark if you mean it"
                )
            if token.type != "WORD" or token.value in self.names:
                continue
            word = token.value.lower()
            if word in v.HEDGES:
                hint = "if you mean it, write the answer alone"
                raise self.refused("hedged", f"'{token.value}' makes it a guess", token, hint)
            if word in v.NEGATIONS and not self._is_nothing(place):
                raise self.refused("hedged", f"'{token.value}' leaves open what it is", token, "write the answer alone")
            if word in v.ALTERNATIVES:
                raise self.refused("hedged", "this leaves a choice", token, "give one answer")
            if word in v.SEVERAL and not self._joins_units(place):
                raise self.refused("several", "there are several answers", token, "give one answer")

    def _join_lines(self) -> None:
        """Read lines that begin with the same label, H_out = …, as a chain; lines with several labels are refused."""
        tokens = self.tokens
        if "\n" not in self.scanner.text or [t.type for t in tokens[:2]] != ["WORD", "EQUALS"]:
            return
        kept = tokens[:2]
        for place in range(2, len(tokens)):
            token = tokens[place]
            between = self.scanner.text[tokens[place - 1].end : token.start]
            labelled = [t.type for t in tokens[place : place + 2]] == ["WORD", "EQUALS"] and not token.depth
            if not (labelled and "\n" in between):
                kept.append(token)
            elif token.value != tokens[0].value:
                hint = f"give that for '{tokens[0].value}' or for '{token.value}', the one that is asked for"
                raise self.refused("several", "these are values of several things", token, hint)
        self.tokens = kept

    def _joins_units(self, place: int) -> bool:
        """Tell whether a word is that of `weights and biases`."""
        beside = self.tokens[place - 1 : place] + self.tokens[place + 1 : place + 2]
        return len(beside) == 2 and all(self.is_word(t) and unit_named(t.value) is not None for t in beside)

    def _is_nothing(self, place: int) -> bool:
        """Tell whether a word is that of `no parameters`."""
        behind = self.tokens[place + 1 :]
        return place == 0 and len(behind) == 1 and self.is_word(behind[0]) and unit_named(behind[0].value) is not None

    def _take_label(self) -> None:
        """Take what stands before the first `=` or `:` as a label where it is no formula."""
        place = next((i for i, token in enumerate(self.tokens) if self._may_end_label(token)), None)
        if place is None:
            return
        token, before = self.tokens[place], self.tokens[:place]
        colon = token.type == "MARK"
        if not self._is_label(before, token):
            if colon:
                raise self.refused("syntax", "a colon is not understood here", token)
            return
        if before:
            said = self.text_of(before[0], before[-1])
            self.label = f"{self.label}{self.joint}{said}" if self.label else said
            self.joint = " " if colon else v.NEXT_LABEL
        self.tokens = self.tokens[place + 1 :]
        if token.type == "RELATION":
            self._about(token)
        if colon or self._begins_another_label():
            self._take_label()

    def _equate(self) -> None:
        """Read 64*(144+1) is 9280 as an equation."""
        for place in range(1, len(self.tokens) - 1):
            before, token, following = self.tokens[place - 1 : place + 2]
            copula = token.type == "WORD" and token.value.lower() in v.BETWEEN and self.is_word(token)
            if copula and not token.depth and before.type in ENDS and following.type in _BEGINNINGS:
                self.tokens[place] = token.changed("EQUALS", "=")

    def _may_end_label(self, token: Token) -> bool:
        if token.depth:
            return False
        if token.type == "WORD":
            return token.value.lower() in v.COPULAS and self.is_word(token)
        return token.type in _RELATIONS or (token.type == "MARK" and token.value == ":")

    def _begins_another_label(self) -> bool:
        """Tell whether H_out = W_out = 28 goes on with a second label."""
        if [token.type for token in self.tokens[:2]] != ["WORD", "EQUALS"]:
            return False
        return len(self.tokens[0].value) > 1 and self._is_label(self.tokens[:1], self.tokens[1])

    def _about(self, relation: Token) -> None:
        if relation.value in ("≈", "~"):
            self.tokens.insert(0, relation.changed("ABOUT", relation.value))
        elif relation.value != "→":
            raise self.refused("syntax", "only an equation can have a label", relation)

    def _is_label(self, before: list[Token], relation: Token) -> bool:
        if relation.type == "RELATION" and relation.value not in ("≈", "~"):
            return False
        if not before:
            return True
        if any(token.type == "WORD" and token.value.lower() in v.CODE for token in before):
            return False
        if any(token.type == "WORD" and token.value.lower() in v.FALSE_WORDS for token in before):
            return False
        if len(before) == 1 and before[0].type == "WORD":
            return not self.names.splits(before[0].value)
        shape = [token.type for token in before]
        if shape[:2] == ["WORD", "_OPEN"] and shape[-1] == "_CLOSE" and not self._is_called(before[0].value):
            called = all(kind in ("WORD", "_COMMA", "_OPEN", "_CLOSE") for kind in shape) and shape.count("_OPEN") == 1
            return called and not self.names.splits(before[0].value)
        return len(before) <= _LABEL_WORDS and all(self._names_something(token) for token in before)

    def _is_called(self, word: str) -> bool:
        """Tell whether a word before brackets is a function, or the sign of an order: O(n) = O(n²)."""
        return word in v.CALLED or (word in v.ORDERS and word not in self.names)

    def _names_something(self, token: Token) -> bool:
        """Tell a word of a label, or a name such as conv1, from one of a sentence."""
        if token.type == "CHINESE":
            return True
        word = str(token.value).lower()
        if not self.is_word(token) or not word.isalpha() or len(word) == 1:
            return self.is_word(token)
        return word in _LABELS or unit_named(str(token.value)) is not None or unit_named(word) is not None

    def _segments(self) -> list[list[Token]]:
        """Return the members of the chain, each with the relation before it."""
        found: list[list[Token]] = [[]]
        for token in self.tokens:
            if token.type in _RELATIONS and not token.depth:
                found.append([])
            found[-1].append(token)
        return found

    def _measured(self, segment: list[Token]) -> list[Token]:
        """Take the words away that stand before and behind a member, but for its unit."""
        relation: list[Token] = segment[:1] if segment and segment[0].type in _RELATIONS else []
        segment = segment[len(relation) :]
        whole = len(segment)
        while len(segment) > 1 and self._is_filler(segment[0]) and segment[1].type in _BEGINNINGS and segment[1].gap:
            if len(segment[0].value) == 1 and len(segment) == whole:
                break  # `il y a 832`, but `a b` is a product
            segment = segment[1:]
        if segment and (segment[0].value in ("~", "≈") or self._is_about(segment[0])):
            segment = [segment[0].changed("ABOUT", "~"), *segment[1:]]
        elif relation and relation[0].value in ("≈", "~") and relation[0] is self.tokens[0]:
            segment, relation = [relation[0].changed("ABOUT", "~"), *segment], []
        segment = counted_terms(self._without_lone_times(segment), self.is_word, self.scanner)
        while len(segment) > 1 and self._is_last_filler(segment) and unit_named(segment[-1].value) is None:
            segment = segment[:-1]
        if not segment:
            return relation
        return relation + self._rounded(self._with_unit(segment))

    def _rounded(self, segment: list[Token]) -> list[Token]:
        """Read 110.5 向下取整, and 110.5 rounded down, as 110.5 → ⌊110.5⌋."""
        words = v.CHINESE_ROUNDED if segment[-1].type == "CHINESE" else v.ROUNDED_WORDS
        opening = words.get(str(segment[-1].value)) if self.is_word(segment[-1]) else None
        count = 1
        if [str(token.value) for token in segment[-2:-1]] == ["rounded"] and self.is_word(segment[-1]):
            opening, count = v.ROUNDED.get(str(segment[-1].value)), 2
        if opening is None or len(segment) <= count:
            return segment
        word, segment = segment[-count], segment[:-count]
        again = [token.changed(token.type, token.value) for token in segment]
        arrow, closing = word.changed("RELATION", "→"), word.changed(f"CLOSE_{opening}", "⌋")
        return [*segment, arrow, word.changed(opening, "⌊"), *again, closing]

    def _without_lone_times(self, segment: list[Token]) -> list[Token]:
        """Read the factor ×4, x4 or 4× as 4."""
        if len(segment) == 2 and "NUMBER" in (segment[0].type, segment[1].type):
            rest = [
                token for token in segment if token.value != "×" and not (self.is_word(token) and token.value in "xX")
            ]
            if len(rest) == 1:
                self.factor = True
                self.scanner.plain.mended("a factor read as a number", "倍数按数字读")
                return rest
        return segment

    def _is_filler(self, token: Token) -> bool:
        return token.type == "WORD" and self.is_word(token) and token.value.lower() in v.FILLERS

    def _is_last_filler(self, segment: list[Token]) -> bool:
        behind = segment[-2].type in ENDS | {"WORD", "CHINESE"} or segment[-2].value == "%"
        return behind and self._is_filler(segment[-1]) and len(segment[-1].value) > 1

    def _is_about(self, token: Token) -> bool:
        return token.type == "ABOUT" or (self.is_word(token) and token.value.lower() in v.APPROXIMATE)

    def _with_unit(self, segment: list[Token]) -> list[Token]:
        """Make the last words a UNIT, and the words for nothing NOTHING."""
        if len(segment) <= 2 and self.is_word(segment[0]) and segment[0].value.lower() in NOTHING | {"no"}:
            following = segment[1:]
            if not following and segment[0].value.lower() != "no":
                return [segment[0].changed("NOTHING", segment[0].value)]
            if following and self.is_word(following[0]) and (named := unit_named(following[0].value)) is not None:
                return [segment[0].changed("NOTHING", segment[0].value), following[0].changed("UNIT", named)]
        for count in (3, 2, 1):
            if len(segment) <= count or not all(self._in_unit(token) for token in segment[-count:]):
                continue
            named = unit_named(self.text_of(segment[-count], segment[-1]))
            rest = segment[:-count]
            while len(rest) > 1 and self._is_filler(rest[-1]):
                rest = rest[:-1]
            if named is not None and self.scanner.form == "shape" and named.quantity == "pixels":
                return rest
            if named is not None and rest[-1].type in ENDS | {"WORD", "MARK"}:
                unit = Token("UNIT", named, segment[-count].start, segment[-1].end)
                return [*rest, unit]
        return segment

    def _in_unit(self, token: Token) -> bool:
        return self.is_word(token) or token.value in ("/", "-")


_LABELS = v.FILLERS | v.LAYER_KINDS | v.LABEL_WORDS | v.APPROXIMATE | v.COPULAS | frozenset(v.QUANTITY_WORDS)
_CHINESE = [
    (v.CHINESE_HEDGES, "hedged"),
    (v.CHINESE_SEVERAL, "several"),
    (v.CHINESE_IS, "EQUALS"),
    (v.CHINESE_ABOUT, "ABOUT"),
    (tuple(v.CHINESE_SIGNS), "TIMES"),
    (v.CHINESE_FILLERS, ""),
]
