"""Which values of a symbol give a network what is asked of it."""

from symcnn.solve.bounds import Bound
from symcnn.solve.question import Answer, Solution, solve
from symcnn.solve.steps import Steps

__all__ = ["Answer", "Bound", "Solution", "Steps", "solve"]
