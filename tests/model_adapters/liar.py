"""A process that does not keep to the protocol, in place of the one that runs networks.

Which way is said by its argument, where the other one is told how much memory it may use.
"""

import os
import sys

match sys.argv[1]:
    case "1":  # noise
        os.read(0, 1000)
        os.write(1, b"hello, this is no frame at all" * 10)
    case "2":  # answers without listening, until both pipes are full
        while True:
            os.write(1, b"\0" * 65_536)
    case "3":  # last words, then nothing
        sys.exit("the reason\x1b[31m why")
    case "4":  # a well-formed answer with something else in it than facts
        from model_adapters import frames

        with open(0, "rb", buffering=0) as requests, open(1, "wb", buffering=0) as answers:
            frames.receive(requests, 10**6)
            frames.send(answers, {"facts": {"proposed": {"layout": ["NCHW"]}}})
