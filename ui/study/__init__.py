"""The screen Study: a host makes a study, launches it, watches it, and takes away what came."""
