"""The layer kinds: their rules, compiled once, and the standard library of `grammar/layers.cnn`."""
