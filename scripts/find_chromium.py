"""Print the path of a Chromium that Playwright can drive; exit status 1 if there is none."""

import shutil
import sys
from pathlib import Path


def find_chromium() -> str | None:
    """One on the PATH, else the one that Playwright installed."""
    from playwright.sync_api import sync_playwright

    # The shell is a Chromium without windows: a page takes a fifth less of its CPU.
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium found: looked on the PATH and where Playwright keeps its own.")
    print(path)
