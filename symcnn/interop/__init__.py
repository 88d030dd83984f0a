"""Other frameworks: what they say of a network that symcnn has derived. Their packages are extras, imported late."""
