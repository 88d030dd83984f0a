"""Analyses, comparisons and the reference of layer kinds as documents: headings, text, formulas and tables."""
