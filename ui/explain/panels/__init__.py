"""The parts of Explain, in reading order."""
