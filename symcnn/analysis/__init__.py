"""From a network's tree to rows of closed forms: shapes, conditions, quantities, receptive fields."""

from symcnn.analysis.analyse import analyse
from symcnn.analysis.fields import ReceptiveField
from symcnn.analysis.result import Analysis, Layer

__all__ = ["Analysis", "Layer", "ReceptiveField", "analyse"]
