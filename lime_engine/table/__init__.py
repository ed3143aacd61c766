"""Rows of a table: columns, bins, the law of their perturbations."""
