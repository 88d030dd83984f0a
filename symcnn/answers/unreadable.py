"""One error for every answer that cannot be read, or whose worth cannot be said."""

from __future__ import annotations

from symcnn.errors import SymcnnError
from symcnn.source import Span

_LONGEST_SHOWN = 30  # characters of the place that is not understood


class Unreadable(SymcnnError):  # noqa: N818  (what it says of an answer)
    """An answer that is not read: `reason` is a word for programs, `chinese` the message in Chinese.

    The reasons are: empty, characters, size, prose, hedged, several, syntax, unknown, undefined.
    """

    def __init__(
        self, reason: str, message: str, span: Span | None = None, hint: str | None = None, chinese: str = ""
    ) -> None:
        super().__init__(message, span, hint)
        self.reason = reason
        self.chinese = chinese or _CHINESE[reason]

    @property
    def words(self) -> tuple[str, str]:
        """What is wrong, where, and what to do, on one line in English and in Chinese."""
        place = self.span.text.strip() if self.span is not None else ""
        english, chinese = self.message, self.chinese
        if any(map(str.isalnum, place)) and len(place) <= _LONGEST_SHOWN and "\n" not in place:
            english += "" if f"'{place}'" in english else f", at '{place}'"
            chinese += f"：“{place}”"
        return f"{english}; {self.hint}" if self.hint else english, chinese


_CHINESE = {
    "empty": "没有答案",
    "characters": "答案中有不允许的字符，请重新输入",
    "size": "答案太大，请写得短一些",
    "prose": "这不是算式，请只写公式或数字",
    "hedged": "答案不确定，请只写一个确定的答案",
    "several": "有多个答案，请只写一个",
    "syntax": "这里看不懂",
    "unknown": "不认识这个写法",
    "undefined": "这个值没有定义",
}
