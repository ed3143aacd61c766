"""How long a screen's script takes when everything it shows is there already.

A real server and a session without a browser, which asks for the screen again and again: each time
is from the request to the message that the script has run to its end. Run with `make bench`.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from tests.server import serve, until_answers
from tests.visitors import session

REPEATS = 15
# Address, and what stands there when nothing is to come any more.
SCREENS = {
    "Home": ("", "", "It is"),
    "Upload": ("upload", "", "Bring your own"),
    "Explain, a text (triage)": ("explain", "task=triage", "The model says"),
    "Explain, a long text (newsgroups)": ("explain", "task=newsgroups", "The model says"),
    "Explain, with an edit": ("explain", "task=triage&off=3", "The model says"),
    "Explain, a picture (wolves)": ("explain", "task=wolves", "The model says"),
    "Explain, a picture, ten classes (digits)": ("explain", "task=digits", "The model says"),
    "Explain, a row (flu)": ("explain", "task=flu", "The model says"),
    "Compare, one picture (wolves)": ("compare", "task=wolves&a=a&b=b&row=3", "say"),
    "Improve (triage)": ("improve", "task=triage&model=a", "Take out"),
}


async def times(url: str, screen: str, query: str, shows: str) -> list[float]:
    """Seconds of each run after the first ones, which had something to compute or to load."""
    async with session(url, screen, query) as at:
        await at.settled()
        run = await at.run()
        assert shows.encode() in run.told, f"{screen}?{query} does not show {shows!r}"
        return [(await at.run()).seconds for _ in range(REPEATS)]


async def explained(url: str, screen: str, query: str) -> dict[str, str]:
    """Have many items explained; the buttons that are there then."""
    async with session(url, screen, query) as at:
        run = await at.settled()
        start = next(id for label, id in run.buttons.items() if label.startswith("Explain 100"))
        return (await at.settled(start)).buttons


async def review(url: str, query: str, button: str) -> str:
    """Begin a review of a pick; its address."""
    async with session(url, "pick", query) as at:
        await at.settled()
        run = await at.run(button)
        assert run.query, "the review has an address of its own"
        return run.query


def told(name: str, seconds: list[float]) -> None:
    median, slowest = (1000 * of(seconds) for of in (statistics.median, max))
    print(f"| {name} | {median:.0f} | {slowest:.0f} |", flush=True)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server:
        until_answers(f"{server.url}/ready")
        print("| screen | median ms | slowest ms |\n|---|---|---|")
        for name, at in SCREENS.items():
            told(name, asyncio.run(times(server.url, *at)))
        for task in ("triage", "wolves"):
            query = f"task={task}&model=a&n=100"
            buttons = asyncio.run(explained(server.url, "pick", query))
            begin = next(id for label, id in buttons.items() if label.startswith("Review"))
            told(f"Pick ({task})", asyncio.run(times(server.url, "pick", query, "Review these")))
            picks = asyncio.run(review(server.url, query, begin))
            end = f"{picks}&at=end"
            told(
                f"Review, a pick ({task})",
                asyncio.run(times(server.url, "review", picks, "Pick 1 of")),
            )
            told(
                f"Review, summary ({task})",
                asyncio.run(times(server.url, "review", end, "Summary")),
            )
            query = f"task={task}&a=a&b=b&n=100"
            asyncio.run(explained(server.url, "compare", query))
            shown = asyncio.run(times(server.url, "compare", query, "Take it away"))
            told(f"Compare, all items ({task})", shown)


if __name__ == "__main__":
    main()
