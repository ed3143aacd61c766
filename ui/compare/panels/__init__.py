"""The parts of Compare, in reading order."""
