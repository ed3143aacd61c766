"""What runs in the child process: it reads and runs an ONNX file that somebody brought."""
