"""From text to tree. The only room that imports lark."""

from symcnn.syntax.read import parse_assumptions, parse_file, parse_formula, read_source
from symcnn.syntax.used import load_file, parse_alone

__all__ = ["load_file", "parse_alone", "parse_assumptions", "parse_file", "parse_formula", "read_source"]
