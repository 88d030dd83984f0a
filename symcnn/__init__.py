"""symcnn, the computer algebra system of convolutional networks."""

__version__ = "0.1.0"
