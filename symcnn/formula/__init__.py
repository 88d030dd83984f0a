"""Formulas: the tree as it was written, its meaning, and its notation for people."""
