"""Which of two models a person would use, asked before the items and after them."""
