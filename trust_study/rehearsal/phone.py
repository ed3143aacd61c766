"""A browser without JavaScript: it follows redirects, fills the one form in and sends it."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import httpx

Fill = Callable[["Form"], Mapping[str, str | list[str]]]


class Form(HTMLParser):
    """The form of a page: where it goes, what is hidden in it, what is offered."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.offered: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = said["action"]
        elif tag == "textarea" or (tag == "input" and said["type"] in ("radio", "checkbox")):
            self.offered.setdefault(said["name"], []).append(said.get("value", ""))
        elif tag == "input" and said["type"] == "hidden":
            self.hidden[said["name"]] = said["value"]

    def first_of_each(self) -> dict[str, str | list[str]]:
        """The first answer to every question."""
        return {name: values[0] for name, values in self.offered.items()}


class Phone:
    """Somebody's phone.

    Parameters
    ----------
    client
        What it sends by: to a server, or to the application itself.
    """

    def __init__(self, client: httpx.Client, root: str = "/s") -> None:
        self.client, self.root = client, root
        self.link = ""  # the personal one

    def get(self, url: str) -> httpx.Response:
        return self.client.get(url, follow_redirects=True)

    def form(self, url: str = "") -> Form:
        """The form of the page, by default of the current step."""
        return Form(self.get(url or self.link).text)

    def send(self, form: Form, said: Mapping[str, str | list[str]]) -> httpx.Response:
        """Send a form, and follow to the next page."""
        return self.client.post(form.action, data={**form.hidden, **said}, follow_redirects=True)

    def join(self, code: str, query: str = "") -> httpx.Response:
        """Agree, and keep the personal link."""
        form = self.form(f"{self.root}/{code}{query}")
        answer = self.send(form, {"agreed": "1"})
        self.link = answer.url.path
        return answer

    def play(self, fill: Fill = Form.first_of_each) -> int:
        """Answer until there is no form any more; how many answers were sent."""
        sent = 0
        form = self.form()
        while form.action and "withdraw" not in form.action:
            form = Form(self.send(form, fill(form)).text)
            sent += 1
        return sent
