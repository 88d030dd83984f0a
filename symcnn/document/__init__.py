"""Analyses, comparisons and the reference of layer kinds as documents: headings, text, formulas and tables."""

from symcnn.document.analysis import analysis_document
from symcnn.document.comparison import comparison_document
from symcnn.document.reference import kind_document, layers_document

__all__ = ["analysis_document", "comparison_document", "kind_document", "layers_document"]
