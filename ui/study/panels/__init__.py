"""The parts of the screen Study, in reading order."""
