"""From text to tree. The only room that imports lark."""

from symcnn.syntax.read import parse_assumptions, parse_file, parse_formula, read_source

__all__ = ["parse_assumptions", "parse_file", "parse_formula", "read_source"]
