"""A quiz that is written into another folder: its networks' files are found from there, or stand in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from symcnn.answers.making.networks import question_base
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.questions import Question
from symcnn.tree import Network


def moved(paper: Paper, folder: Path) -> Paper:
    """Return a paper whose quiz may lie in `folder`; raises `SymcnnError` for a network of several files elsewhere."""
    home = paper.quiz.folder
    if home is None or home == folder:
        return paper
    questions = tuple(_moved(one, home, folder) for one in paper.problems)
    return replace(paper, quiz=replace(paper.quiz, questions=questions, folder=folder))


def _moved(one: Problem, home: Path, folder: Path) -> Question:
    question = one.question
    path = None if question.file is None else home / question.file
    if path is None or not path.exists():  # no file, or one of the zoo, which is everywhere
        return question
    if path.resolve().is_relative_to(folder):
        return replace(question, file=path.resolve().relative_to(folder).as_posix())
    assert one.analysis is not None and one.analysis.counting is not None
    file = one.analysis.counting.file
    base = question_base(Network(file, file.nets[one.analysis.net]), None)
    return replace(question, file=None, net=base.net, name=base.name)
