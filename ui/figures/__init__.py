"""Drawing that several screens share; pure functions from values to figures and escaped HTML."""
