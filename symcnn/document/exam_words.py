"""The words of exams and keys, in English and in Chinese."""

from __future__ import annotations

from symcnn.document.words import LANGUAGES

_WORDS = {
    "question": ("Question {0}", "第 {0} 题"),
    "marks": (" ({0} marks)", "（{0} 分）"),
    "mark": (" (1 mark)", "（1 分）"),
    "rows": (" ({0} marks: {1} for each line)", "（{0} 分，每行 {1} 分）"),
    "same": ("The network is that of question {0}.", "网络与第 {0} 题相同。"),
    "name": ("Name", "姓名"),
    "all_marks": ("Marks", "总分"),
    "answer": ("Answer", "答案"),
    "key": ("{0}: key", "{0}：答案"),
    "wrong": ("Known mistakes, and what they lead to", "常见错误及其结果"),
    "ask_how": (
        "Type an answer; an empty line asks for a hint, the end of the input (Ctrl-D) ends the interview.",
        "请输入答案；空行表示要提示，输入结束（Ctrl-D）则结束测验。",
    ),
    "score": ("{0} of {1} right, {2} of them without a hint.", "共 {1} 题，答对 {0} 题，其中 {2} 题未用提示。"),
}


def exam_word(key: str, language: str, *parts: object) -> str:
    """Return a word in a language, with parts put in."""
    return _WORDS[key][LANGUAGES.index(language)].format(*parts)
