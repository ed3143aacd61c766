"""How long a hundred people wait who open explanations at once.

Two cores serve the app, its workers and this crowd. Run with `make bench`.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
from pathlib import Path

from tests.server import serve, until_answers
from tests.visitors import Visitor, crowd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    n = arguments.sessions
    sets = {
        "triage": ["task=triage&item=test-{}"],
        "triage and newsgroups": ["task=triage&item=test-{}", "task=newsgroups&item=test-{}"],
    }
    for name, patterns in sets.items():
        for repeat in range(arguments.repeats):
            with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
                until_answers(f"{server.url}/ready")
                kinds = itertools.cycle(patterns)
                warm = [pattern.format(399 - i) for i in range(2) for pattern in patterns]
                for query in warm:  # each worker has loaded the models
                    asyncio.run(Visitor(server.url).explained("explain", query))
                queries = [next(kinds).format(row) for row in range(n)]
                told = asyncio.run(crowd(server.url, queries))
                print(
                    f"{name}, {n} sessions, run {repeat + 1}: "
                    f"median {statistics.median(told.waits):.1f} s to the explanation, "
                    f"slowest {max(told.waits):.1f} s, health check at most "
                    f"{told.slowest_health:.2f} s; {told.runs} runs, {told.polls} polls",
                    flush=True,
                )


if __name__ == "__main__":
    main()
