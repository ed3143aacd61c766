"""Data sets of people's own, and the models that are trained here on them, as tasks."""
