"""`python -m symcnn`."""

from symcnn.cli import main

if __name__ == "__main__":
    main()
