"""The words of a mark sheet, in English and in Chinese."""

from __future__ import annotations

from symcnn.document.words import LANGUAGES

# One row for each word: English, Chinese.
_WORDS: dict[str, tuple[str, str]] = {
    "learner": ("learner", "学生"),
    "question": ("question", "题号"),
    "answer": ("answer", "答案"),
    "verdict": ("verdict", "判定"),
    "credit": ("credit", "得分率"),
    "marks": ("marks", "得分"),
    "of": ("of", "满分"),
    "share": ("share", "百分比"),
    "mistakes": ("mistakes", "错误"),
    "message": ("message", "说明"),
    "reading": ("read as", "读作"),
    "mean": ("mean", "平均"),
    "right": ("right", "答对"),
    "verdicts": ("verdicts", "各类判定"),
    "common": ("most common wrong answers", "最常见的错误答案"),
    "mistake": ("mistake", "错误"),
    "instead": ("what to do", "应当"),
    "learners": ("learners", "人数"),
    "times": ("times", "次数"),
    "questions": ("questions", "题目"),
    "asked": ("asked", "所问"),
    "total": ("all", "全班"),
    "Learners": ("Learners", "学生"),
    "Questions": ("Questions", "题目"),
    "Mistakes": ("Mistakes", "错误"),
    "Answers": ("Answers", "作答明细"),
    "Sheet": ("Mark sheet", "评分表"),
    "none": ("No known mistake was made.", "没有出现已知的错误。"),
    "more": ("and {} more", "另有 {} 种"),
    "summary": (
        "{learners} learners, {questions} questions, {marks} marks; on average {mean} marks ({share}).",
        "{learners} 名学生，{questions} 道题，满分 {marks} 分；平均 {mean} 分（{share}）。",
    ),
    "exact": ("exact", "正确"),
    "follow": ("follow-through", "按前题正确"),
    "assume": ("under a condition", "有条件正确"),
    "convention": ("other convention", "约定不同"),
    "approx": ("approximate", "近似"),
    "asymp": ("order", "量级正确"),
    "inconsistent": ("inconsistent", "前后矛盾"),
    "wrong": ("wrong", "错误"),
    "ambiguous": ("ambiguous", "有歧义"),
    "invalid": ("not readable", "无法读取"),
    "undecided": ("undecided", "未判定"),
    "missing": ("missing", "未作答"),
}


def sheet_word(name: str, language: str) -> str:
    """Return a word of a mark sheet."""
    return _WORDS[name][LANGUAGES.index(language)]
