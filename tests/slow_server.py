"""Streamlit's command line with every run of a script slowed down, for tests of late messages.

`SLOW_SECONDS` pass before a run calls its callbacks, and as many again before it draws anything.
"""

import os
import sys
import time


def main() -> None:
    """Run `streamlit`, with the arguments that this script was given."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.web import cli

    from ui.shell import screens

    seconds = float(os.environ["SLOW_SECONDS"])

    def slowed(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def later(*args: object, **kwargs: object) -> object:
            time.sleep(seconds)
            return original(*args, **kwargs)

        setattr(owner, name, later)

    slowed(ScriptRunner, "_run_script")
    slowed(screens, "register")
    sys.argv[0] = "streamlit"
    cli.main()


if __name__ == "__main__":
    main()
