"""The screen Pick: the few predictions most worth a person's time."""
