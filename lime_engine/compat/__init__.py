"""The names of the package `lime`, over this engine: change one import.

A module a class: `text`, `image`, `tabular`, `pick`, and `result`, what they return. `asking` is
what they share, `rows` the law of `lime`'s tables.
"""
