"""From answers to an explanation: selection, surrogate, fidelity, projection, stability."""
