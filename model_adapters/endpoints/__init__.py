"""Models behind an address: the Open Inference Protocol v2 and MLflow's `/invocations`.

`hosts` says whom this server may ask at all, `transport` connects to nobody else, `client` asks,
`inference` and `invocations` know a protocol each, `model` is what the app uses.
"""
