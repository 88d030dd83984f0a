"""Formulas as people type them: a tree of its own."""

from __future__ import annotations

from symcnn.formula.nodes import Formula

Expression = Formula
