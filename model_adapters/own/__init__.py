"""People's own classifiers of texts and of rows of a table: ONNX files and skops files.

`model` asks; `server` and what it uses run in the child process, the only one that reads the file.
"""
