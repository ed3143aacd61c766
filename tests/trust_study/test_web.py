"""The participants' pages, as a phone without JavaScript gets them."""

import base64
import contextlib
import io
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.conditions import until
from tests.trust_study import acts
from tests.trust_study.conftest import Clock
from tests.trust_study.serving import serving
from tests.trust_study.studies import item, study
from trust_study import course, preview
from trust_study.frozen import Chosen, Component, Shown, Study
from trust_study.rehearsal.phone import Form, Phone
from trust_study.store import answering, people, studies, tokens
from trust_study.store.database import Database
from trust_study.web import tries
from trust_study.web.app import study_app
from trust_study.web.tries import Tries

ALL_STAGES = (
    *("consent briefing choice_before own final marks".split()),
    *("forward choice_after satisfaction attention".split()),
)


@pytest.fixture
def url(database: Database) -> Iterator[str]:
    with serving(Starlette(routes=[Mount("/s", study_app(lambda: database))])) as url:
        yield url


@pytest.fixture
def phones(url: str) -> Iterator[Callable[[], Phone]]:
    """Makes a phone, with cookies of its own, at every call."""
    with contextlib.ExitStack() as stack:
        yield lambda: Phone(stack.enter_context(httpx.Client(base_url=url)))


@pytest.fixture
def phone(phones: Callable[[], Phone]) -> Phone:
    return phones()


@pytest.fixture
def second(phones: Callable[[], Phone]) -> Phone:
    return phones()


def heading(html: str) -> str:
    found = re.search("<h1>(.*?)</h1>", html)
    assert found
    return found[1]


def test_a_whole_study_is_played_and_every_answer_is_there(
    database: Database, phone: Phone
) -> None:
    made = study(
        edited=(replace(item(9), weights={}),),
        stages=tuple(map(Chosen, ALL_STAGES)),
        return_link="https://panel.example/?cc=1",
    )
    kept = acts.launched(database, made)
    joined = phone.join(kept.code, "?PROLIFIC_PID=abc123&STUDY_ID=%3Cb%3E")
    assert "Stored, 1 of 16." in joined.text
    assert made.completion_code not in joined.text
    assert phone.play() == 15
    end = phone.get(phone.link).text
    assert "Stored, 16 of 16." in end
    assert made.completion_code in end
    assert "https://panel.example/?cc=1" in end
    answers = answering.of_study(database, kept.id)
    (who,) = people.of_study(database, kept.id)
    assert [answer.step for answer in answers] == list(course.steps(made, who.seat))
    assert who.outside == {"PROLIFIC_PID": "abc123"}
    assert who.has_finished


def test_looking_at_the_landing_page_joins_nobody(
    database: Database, phone: Phone, second: Phone
) -> None:
    kept = acts.launched(database, study())
    phone.join(kept.code)
    link = phone.link
    for _ in range(20):
        assert second.client.get(f"/s/{kept.code}").status_code == 200
        assert second.client.head(f"/s/{kept.code}").status_code == 200
        assert second.client.get(link).status_code == 200
    assert len(people.of_study(database, kept.id)) == 1
    assert len(answering.of_study(database, kept.id)) == 1
    assert heading(phone.get(link).text) == "Your own answer"


def test_the_model_is_not_heard_of_before_the_own_answer(
    database: Database, phones: Callable[[], Phone]
) -> None:
    """All arms: nothing that a browser gets before it tells answer, arm, truth, flaw or id."""
    made = study(n_items=4, labels=("routine", "urgent"), made_with={"model": "forest-X"})
    kept = acts.launched(database, made)
    shapes = set()
    for _ in made.arms:
        phone = phones()
        own = phone.join(kept.code)
        assert heading(own.text) == "Your own answer"
        said = re.sub("[a-z2-7]{32}", "", own.text + own.headers["content-type"]).lower()
        for secret in ("87", "model says", "<mark", "lime", "placebo", "forest", "item-", "flaw"):
            assert secret not in said, secret
        shapes.add(re.sub(r"[a-z2-7]{32}|n\d", "", own.text))
        form = Form(own.text)
        assert phone.client.get(f"{phone.link}?step=2").text.count("model says") == 0
        final = phone.send(form, form.first_of_each())
        assert "The model says <strong>urgent</strong>, 87%" in final.text
        for secret in ("lime", "placebo", "forest", "item-", "flaw", "truth"):
            assert secret not in final.text.lower(), secret
    assert len(shapes) == 1  # the page is the same in every arm but for the item


def test_a_host_sees_before_the_launch_what_people_get(
    database: Database, phones: Callable[[], Phone]
) -> None:
    made = study(n_items=1)
    kept = acts.launched(database, made)
    own, *in_arms = (preview.page("/s", made, made.items[0], each) for each in preview.views(made))
    for in_arm in in_arms:
        phone = phones()
        page = phone.join(kept.code).text
        for before, after in (
            (own, page),
            (in_arm, phone.send(Form(page), {"answer": "0", "confidence": "50"}).text),
        ):
            told = [
                re.findall('<h1>.*?<form|<fieldset.*?<button|page.css.*?"', each, re.DOTALL)
                for each in (before, after)
            ]
            assert len(told[0]) == 3
            assert told[0] == told[1]
            assert "<button disabled>" in before
            for active in ("<script", "<a "):
                assert active not in before
    only = study(stages=(Chosen("consent"), Chosen("final")))
    assert preview.views(only) == only.arms


def test_each_arm_shows_its_own_explanation(
    database: Database, phones: Callable[[], Phone]
) -> None:
    kept = acts.launched(database, study())
    marked = []
    for _ in kept.study.arms:
        phone = phones()
        form = Form(phone.join(kept.code).text)
        final = phone.send(form, form.first_of_each()).text
        marked.append(re.findall(r'<mark class="(\w+) s(\d)">(\w+)</mark>', final))
    assert marked == [
        [],
        [("for", "4", "pain"), ("against", "1", "Monday"), ("for", "2", "ward7")],
        [("for", "2", "since"), ("for", "4", "Monday"), ("against", "1", "ward7")],
    ]


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_is_the_same(
    database: Database, phone: Phone, url: str
) -> None:
    kept = acts.launched(database, study())
    form = Form(phone.join(kept.code).text)
    said = {"answer": "0", "confidence": "60"}
    body = urlencode({**form.hidden, **said}).encode()
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(
            f"POST {form.action} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    until(lambda: len(answering.of_study(database, kept.id)) == 2)
    before = answering.of_study(database, kept.id)
    receipt = phone.send(form, said)
    assert "Stored, 2 of 7." in receipt.text
    assert heading(receipt.text) == "What the model says"
    assert answering.of_study(database, kept.id) == before


def test_reload_back_second_tab_and_second_device_land_on_the_current_step(
    database: Database, phone: Phone, second: Phone
) -> None:
    kept = acts.launched(database, study())
    old = Form(phone.join(kept.code).text)
    second.link = phone.link
    other = second.form()
    assert other.hidden["step"] == old.hidden["step"] == "1"
    assert other.hidden["form"] != old.hidden["form"]
    phone.send(old, {"answer": "0", "confidence": "60"})
    before = answering.of_study(database, kept.id)
    # The other device still shows the first page, and says something else.
    moved = second.send(other, {"answer": "1", "confidence": "100"})
    assert "Your first answer stands" in moved.text
    assert heading(moved.text) == "What the model says"
    # Back, and the same page once more: alike it is a retry, otherwise it is refused.
    retried = phone.send(old, {"answer": "0", "confidence": "60"})
    assert "stands" not in retried.text
    changed = phone.send(old, {"answer": "1", "confidence": "60"})
    assert "Your first answer stands" in changed.text
    assert answering.of_study(database, kept.id) == before
    ahead = phone.client.post(
        phone.link,
        data={"step": "5", "form": tokens.fresh(), "answer": "1", "confidence": "60"},
        follow_redirects=True,
    )
    assert "That page was an old one" in ahead.text
    for page in (phone.get(phone.link), second.get(phone.link)):
        assert Form(page.text).hidden["step"] == "2"


def test_an_hour_later_everything_is_as_it_was(
    database: Database, phone: Phone, clock: Clock
) -> None:
    kept = acts.launched(database, study(is_within=True))
    form = Form(phone.join(kept.code).text)
    page = phone.send(form, form.first_of_each()).text
    seat = people.of_study(database, kept.id)[0].seat
    clock.now += 3600
    again = phone.get(phone.link).text
    assert re.sub(r"[a-z2-7]{32}", "", again) == re.sub(r"[a-z2-7]{32}", "", page)
    assert [who.seat for who in people.of_study(database, kept.id)] == [seat]
    # The landing page knows that this device has begun.
    landing = phone.get(f"/s/{kept.code}").text
    assert phone.link in landing
    assert phone.play() == 5


def test_after_the_end_the_thanks_and_the_same_code(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    phone.join(kept.code)
    late = phone.form()
    phone.play()
    n = len(answering.of_study(database, kept.id))
    for page in (phone.get(phone.link), phone.send(late, late.first_of_each())):
        assert heading(page.text) == "Thank you"
        assert kept.study.completion_code in page.text
    assert len(answering.of_study(database, kept.id)) == n


def test_start_sent_twice_is_one_participant(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    form = phone.form(f"/s/{kept.code}")
    first, second = (phone.send(form, {"agreed": "1"}) for _ in range(2))
    assert first.url == second.url
    assert len(people.of_study(database, kept.id)) == 1


def test_what_is_missing_is_asked_for_and_the_rest_stays(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    assert phone.send(phone.form(f"/s/{kept.code}"), {}).status_code == 422
    assert people.of_study(database, kept.id) == []
    form = Form(phone.join(kept.code).text)
    page = phone.send(form, {"confidence": "70"})
    assert page.status_code == 422
    assert "One answer is missing: What do you think it is?" in page.text
    assert 'value="70" required checked' in page.text
    wrong = phone.send(form, {"answer": "7", "confidence": "<b>"})
    assert wrong.status_code == 422
    assert len(answering.of_study(database, kept.id)) == 1


def test_a_database_that_fails_is_said_and_the_answer_can_be_sent_again(
    database: Database, phone: Phone
) -> None:
    kept = acts.launched(database, study())
    form = Form(phone.join(kept.code).text)
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE answers RENAME TO away")
    failed = phone.send(form, form.first_of_each())
    assert failed.status_code == 503
    assert "cannot be stored at the moment" in failed.text
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO answers")
    assert "Stored, 2 of 7." in phone.send(form, form.first_of_each()).text


def test_withdrawing(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    form = Form(phone.join(kept.code).text)
    current = phone.send(form, form.first_of_each())
    withdraw = phone.form(f"{phone.link}/withdraw")
    assert answering.of_study(database, kept.id) != []
    gone = phone.send(withdraw, {})
    assert gone.status_code == 410
    assert "has been deleted" in gone.text
    assert answering.of_study(database, kept.id) == []
    assert phone.send(Form(current.text), form.first_of_each()).status_code == 410
    assert answering.of_study(database, kept.id) == []
    assert phone.link not in phone.get(f"/s/{kept.code}").text


@pytest.mark.parametrize("altered", ["first", "short", "of another"])
def test_an_altered_link_is_nobodys(database: Database, phone: Phone, altered: str) -> None:
    kept = acts.launched(database, study())
    form = Form(phone.join(kept.code).text)
    token = phone.link.rpartition("/")[2]
    other = {
        "first": ("a" if token[0] != "a" else "b") + token[1:],
        "short": token[:-1],
        "of another": studies.launch(database, study()).host_token,
    }[altered]
    for link in (f"/s/p/{other}", f"/s/p/{other}/withdraw"):
        assert phone.get(link).status_code == 404
        assert phone.client.post(link, data=form.hidden | {"answer": "1"}).status_code == 404
    assert len(answering.of_study(database, kept.id)) == 1


def test_the_full_study_says_so(database: Database, phone: Phone, second: Phone) -> None:
    kept = acts.launched(database, study(cap=1))
    phone.join(kept.code)
    full = second.join(kept.code)
    assert full.status_code == 409
    assert "This study is full" in full.text


def test_posts_of_other_sites_are_refused(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    form = phone.form(f"/s/{kept.code}")
    said = {**form.hidden, "agreed": "1"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert phone.client.post(form.action, data=said, headers=headers).status_code == 400
    assert people.of_study(database, kept.id) == []
    # Our own pages send no referrer, for which browsers say this.
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = phone.client.post(form.action, data=said, headers=headers, follow_redirects=False)
    assert answer.status_code == 303


def test_what_is_too_long_is_refused(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    form = Form(phone.join(kept.code).text)
    said = {**form.hidden, "answer": "1", "confidence": "80", "x": "y" * 70_000}
    assert phone.client.post(phone.link, data=said).status_code == 400
    assert len(answering.of_study(database, kept.id)) == 1


def test_nothing_keeps_or_passes_on_the_link(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    for response in (phone.join(kept.code), phone.get(f"/s/{kept.code}")):
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "noindex" in response.headers["x-robots-tag"]
    assert len(phone.client.cookies) == 1
    assert re.search("http-?only", repr([*phone.client.cookies.jar]), re.IGNORECASE)


def test_a_code_is_typed_as_people_type_it(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    said = {"code": f" {kept.code[:3].lower()}-{kept.code[3:]}"}
    typed = phone.client.post("/s/", data=said, follow_redirects=True)
    assert heading(typed.text) == kept.study.title


def test_typed_codes_are_limited(database: Database, phone: Phone) -> None:
    kept = acts.launched(database, study())
    statuses = [
        phone.client.post("/s/", data={"code": f"AAAA{n}"}).status_code for n in range(tries.MOST)
    ]
    assert statuses == [404] * tries.MOST
    assert phone.client.post("/s/", data={"code": kept.code}).status_code == 429
    assert phone.client.get(f"/s/{kept.code}").status_code == 429


def test_wrong_tries_are_forgotten_after_a_minute() -> None:
    now = [0.0]
    counted = Tries(lambda: now[0])
    for _ in range(tries.MOST):
        assert not counted.are_too_many("a")
        counted.count("a")
    assert counted.are_too_many("a")
    assert not counted.are_too_many("b")
    now[0] = tries.SECONDS
    assert not counted.are_too_many("a")


def test_text_of_people_and_files_is_data(database: Database, phone: Phone) -> None:
    evil = "<script>alert(1)</script>{{ 7*7777777 }}"
    first = replace(
        item(0),
        shown=Shown(text=evil),
        components=(Component(evil, ((0, len(evil)),)),),
        weights={"lime": (1.0,)},
    )
    made = study(
        title=evil,
        labels=(evil, "b"),
        items=(first,),
        arms=("lime",),
        completion_code=evil,
        stages=(
            Chosen("consent", {"text": evil}),
            *map(Chosen, ("own", "final", "marks")),
            Chosen("attention", {"question": evil}),
        ),
    )
    kept = acts.launched(database, made)
    seen = [phone.get(f"/s/{kept.code}?PROLIFIC_PID={evil}").text, phone.join(kept.code).text]
    for _ in range(4):
        form = Form(seen[-1])
        seen.append(phone.send(form, form.first_of_each()).text)
    assert heading(seen[-1]) == "Thank you"
    studies.reveal(database, kept.id)
    seen.append(phone.get(phone.link).text)
    for page in seen:
        assert "<script>alert" not in page
        assert "54444439" not in page
        assert page.count("&lt;script&gt;alert") >= 1


def picture_study() -> Study:
    raw = b"\x89PNG" + bytes(range(256)) * 310
    shown = Shown(picture="data:image/png;base64," + base64.b64encode(raw).decode(), size=(96, 64))
    region = Component("region 1", ((0, 0, 32, 0, 32, 32), (40, 40, 60, 40, 60, 60)))
    drawn = replace(item(0), shown=shown, components=(region,), weights={"lime": (-0.4,)})
    return study(kind="image", items=(drawn,), arms=("lime",))


def test_a_page_with_its_picture_is_small_and_shows_the_regions(
    database: Database, phone: Phone
) -> None:
    kept = acts.launched(database, picture_study())
    own = phone.join(kept.code)
    final = phone.send(Form(own.text), Form(own.text).first_of_each())
    assert '<polygon points="0,0 32,0 32,32"/>' in final.text
    assert '<g class="against s4">' in final.text
    files = sum(len(phone.get(url).content) for url in re.findall(r"/s/static/[^\"]+", final.text))
    assert len(final.content) + files < 150_000
    assert len(own.content) > 100_000


def test_a_row_is_a_table(database: Database, phone: Phone) -> None:
    shown = Shown(row=(("age", "62"), ("pulse", "88")))
    parts = (Component("age = 62", ((0,),)), Component("pulse = 88", ((1,),)))
    row = replace(item(0), shown=shown, components=parts, weights={"lime": (0.2, -0.4)})
    kept = acts.launched(database, study(kind="table", items=(row,), arms=("lime",)))
    own = phone.join(kept.code)
    assert '<th scope="row">age</th><td>62</td>' in own.text
    final = phone.send(Form(own.text), Form(own.text).first_of_each()).text
    assert re.findall(r'<span class="name">(.*?)</span> <span class="sign">(.)', final) == [
        ("pulse = 88", "−"),
        ("age = 62", "+"),
    ]


def test_what_was_right_is_shown_at_the_end_once_the_host_reveals_it(
    database: Database, phone: Phone
) -> None:
    kept = acts.launched(database, study())
    phone.join(kept.code)
    phone.play()
    assert "What was right" not in phone.get(phone.link).text
    studies.reveal(database, kept.id)
    shown = phone.get(phone.link).text
    lines = re.findall(r"<tr>((?:<td.*?</td>)+)</tr>", shown)
    cells = [re.findall(r'<td data-head="(.*?)">(.*?)</td>', line) for line in lines]
    heads = re.findall(r'<th scope="col">(.*?)</th>', shown)
    assert [[head for head, _ in line] for line in cells] == [heads] * 3
    said = [[text for _, text in line] for line in cells]
    assert said.count(["routine", "urgent", "routine", "ward7"]) == 1
    assert said.count(["routine", "urgent", "urgent", "ward7"]) == 2


def items_of(html: str) -> list[str]:
    """How the items of the page "What was right" are named."""
    return re.findall('<th scope="rowgroup" colspan="4">(.*?)</th>', html)


@pytest.mark.parametrize("is_within", [False, True])
def test_what_was_right_names_the_items_in_the_order_in_which_a_person_met_them(
    database: Database, phones: Callable[[], Phone], *, is_within: bool
) -> None:
    long = "Pain since Monday, worse at night, and no medicine that was tried has helped so far"
    texts = [long, "x" * 90, "short", "pain <b>", "n4", "n5"]
    none: dict[str, Any] = {"components": (), "weights": {"lime": (), "placebo": ()}}
    items = [replace(item(n), shown=Shown(text=text), **none) for n, text in enumerate(texts)]
    names = dict(zip(texts, texts, strict=True)) | {
        long: "Pain since Monday, worse at night, and no medicine that was…",
        "x" * 90: "x" * 59 + "…",
        "pain <b>": "pain &lt;b&gt;",
    }
    made = study(items=tuple(items), is_within=is_within)
    kept = acts.launched(database, made)
    played, orders = [phones() for _ in range(4)], []
    for number, phone in enumerate(played):
        page = phone.join(kept.code)
        met: list[str] = []
        while (form := Form(page.text)).action and "withdraw" not in form.action:
            if heading(form.html) == "Your own answer":
                said = re.search('<blockquote class="item">(.*?)</blockquote>', form.html)
                assert said
                met.append(unescape(said[1]))
            if number == 3 and len(met) == 3:
                break  # is cut short
            page = phone.send(form, form.first_of_each())
        orders.append(met)
    studies.reveal(database, kept.id)
    for phone, met in zip(played, orders, strict=True):
        known = met if len(met) == 6 else met[:2]
        named = [f"{number}. {names[text]}" for number, text in enumerate(known, 1)]
        assert items_of(phone.get(phone.link).text) == named
    assert len({*map(tuple, orders)}) == 4


def test_what_was_right_shows_rows_and_small_pictures(
    database: Database, phones: Callable[[], Phone]
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG")
    uri = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
    bare = replace(item(0), components=(), weights={})
    drawn = replace(bare, shown=Shown(picture=uri, size=(300, 200)))
    row = replace(bare, shown=Shown(row=(("age", "62"), ("pulse", "88"))))
    seen = []
    broken = replace(bare, shown=picture_study().items[0].shown)
    for kind, its in (("image", drawn), ("table", row), ("image", broken)):
        made = study(kind=kind, items=(its,), arms=("answer",))
        kept = acts.launched(database, made)
        phone = phones()
        phone.join(kept.code)
        phone.play()
        studies.reveal(database, kept.id)
        (name,) = items_of(phone.get(phone.link).text)
        seen.append(name)
    assert seen[1:] == ["1. age 62, pulse 88", "Picture 1"]
    small = re.fullmatch('<img src="data:image/jpeg;base64,(.*)" alt=""> Picture 1', seen[0])
    assert small
    with Image.open(io.BytesIO(base64.b64decode(small[1]))) as opened:
        assert opened.size == (96, 64)
    assert len(small[1]) < 10_000 < len(uri)


def test_a_lock_ends_the_study_for_who_has_begun(
    database: Database, phone: Phone, second: Phone
) -> None:
    made = study(return_link="https://panel.example/?cc=DONE")
    kept = acts.launched(database, made)
    form = Form(phone.join(kept.code).text)
    open_form = Form(phone.send(form, form.first_of_each()).text)
    before = answering.of_study(database, kept.id)
    studies.lock(database, kept.id)
    kept_sentence = "The host has ended this study; your 2 answers are kept."
    said = [
        phone.send(open_form, open_form.first_of_each()).text,
        phone.send(open_form, {}).text,
        phone.client.post(phone.link, data={"step": "x"}, follow_redirects=True).text,
    ]
    for page in said:
        assert "came after the end, and was not taken" in page
    for page in (*said, phone.send(form, form.first_of_each()).text, phone.get(phone.link).text):
        assert heading(page) == "This study has ended"
        assert kept_sentence in page
        assert Form(page).action == ""
        # Who has not come to the end is not given what says so.
        for proof in (made.completion_code, made.return_link, "What was right"):
            assert proof not in page
    assert answering.of_study(database, kept.id) == before
    landing = second.get(f"/s/{kept.code}").text
    assert heading(landing) == "This study is closed"
    assert Form(landing).action == ""
    assert phone.link in phone.get(f"/s/{kept.code}").text  # on a device that has begun
    studies.reveal(database, kept.id)
    assert phone.get(phone.link).text.count("ward7") == 0  # no final answer was given
    withdraw = phone.form(f"{phone.link}/withdraw")
    assert phone.send(withdraw, {}).status_code == 410
    assert answering.of_study(database, kept.id) == []


class Labels(HTMLParser):
    """Controls that no label or legend names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.nameless: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        is_control = tag == "textarea" or (tag == "input" and said["type"] != "hidden")
        if is_control and "label" not in self.inside:
            self.nameless.append(str(attrs))
        if tag in ("label", "fieldset"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("label", "fieldset"):
            self.inside.remove(tag)


def test_every_control_has_a_label(database: Database, phone: Phone) -> None:
    made = study(n_items=1, edited=(item(9),), stages=tuple(map(Chosen, ALL_STAGES)))
    kept = acts.launched(database, made)
    page = phone.join(kept.code).text
    pages = [phone.get(f"/s/{kept.code}").text]
    while "Thank you" not in page:
        pages.append(page)
        form = Form(page)
        page = phone.send(form, form.first_of_each()).text
    assert len(pages) == len(ALL_STAGES)
    for each in pages:
        assert Labels(each).nameless == []
        assert 'lang="en"' in each
