"""What the workers compute for Explain: plain values in, plain JSON out."""
