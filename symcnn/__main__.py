"""`python -m symcnn`, which also runs from a folder whose dependencies nobody installed: that is said in one line."""

import sys

_NEEDED = ("click", "lark", "rich", "sympy")


def run() -> None:
    """Run the command line."""
    try:
        from symcnn.cli import main

        main()
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        sys.exit(f"error: symcnn needs '{error.name}', which is not installed\n  pip install {' '.join(_NEEDED)}")


if __name__ == "__main__":
    run()
