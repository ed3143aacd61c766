"""The presenter's lock: what gives the answers away stays hidden until the presenter reveals it."""
