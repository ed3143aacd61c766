import subprocess
import sys

from tests.server import ROOT


def test_a_worker_that_imports_the_main_script_does_nothing() -> None:
    # The spawn method runs the main module again in the child, under this name.
    program = (
        "import runpy, sys; runpy.run_path('ui/main.py', run_name='__mp_main__');"
        "sys.exit('streamlit' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
