"""A person's own answer, before they know that of the model."""
