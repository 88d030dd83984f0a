"""The command line: `symcnn derive`, `compare`, `layers`."""

from symcnn.cli.main import main

__all__ = ["main"]
