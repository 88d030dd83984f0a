"""One error for every answer that cannot be read, or whose worth cannot be said."""

from __future__ import annotations

from symcnn.errors import SymcnnError
from symcnn.source import Span


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


_CHINESE = {
    "empty": "没有答案",
    "characters": "答案中有不允许的字符",
    "size": "答案太大",
    "prose": "这不是算式",
    "hedged": "答案不确定",
    "several": "有多个答案",
    "syntax": "这里看不懂",
    "unknown": "不认识这个写法",
    "undefined": "这个值没有定义",
}
