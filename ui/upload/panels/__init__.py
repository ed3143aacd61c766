"""A form for each kind of thing that people bring."""
