"""The screen Review: what a person says of the picks."""
