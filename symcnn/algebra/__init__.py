"""Exact values: integers, fractions and SymPy expressions whose floors are canonical by construction.

Importing this room imports SymPy; nothing before it in the house does.
"""
