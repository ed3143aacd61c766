"""Results as one value: of the tables, and as simulated people must have them."""

import io
import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.trust_study import acts
from tests.trust_study.studies import item, study
from tests.trust_study.test_export import played
from trust_study import frames, told
from trust_study.course import in_arms, steps
from trust_study.frozen import Chosen
from trust_study.scoring.rates import wilson
from trust_study.store import answering, tokens
from trust_study.store.database import Database
from trust_study.summary import of_tables, packed, summary, unpacked

STAGES = tuple(
    map(
        Chosen,
        "consent choice_before own final marks forward choice_after satisfaction attention".split(),
    )
)


def _row(said: pd.DataFrame, **wanted: str) -> pd.Series:
    for column, value in wanted.items():
        said = said[said[column] == value]
    assert len(said) == 1
    return said.iloc[0]


def test_the_page_is_the_exported_table_is_the_hand_count(database: Database) -> None:
    kept = played(database, 24)
    shown = summary(database, kept)
    read = [
        pd.read_csv(io.StringIO(each(database, kept).to_csv(index=False)))
        for each in (frames.participants, frames.long)
    ]
    again = of_tables(kept.study, *read)
    for name in ("scores", "items", "calibration", "differences"):
        pd.testing.assert_frame_equal(getattr(shown, name), getattr(again, name), check_dtype=False)
    assert (shown.counted, shown.choice, shown.placebo) == (
        again.counted,
        again.choice,
        again.placebo,
    )
    packed_again = unpacked(json.loads(json.dumps(packed(shown))))
    for name in ("scores", "items", "calibration", "differences"):
        pd.testing.assert_frame_equal(getattr(shown, name), getattr(packed_again, name))
    assert told.sentence(packed_again, "agreement") == told.sentence(shown, "agreement")
    assert told.counted(packed_again) == told.counted(shown)
    assert shown.counted.joined == 23  # 24, one of them rehearsing
    assert (shown.counted.finished, shown.counted.incomplete, shown.counted.withdrawn) == (21, 1, 1)
    assert shown.counted.rehearsal == 1
    assert shown.scores["measure"].iloc[0] == kept.study.primary
    trials = frames.trials(kept.study, read[1])
    real = trials[
        ~trials["is_rehearsal"] & (trials["arm"] == "lime") & (trials["item"] == "item-1")
    ]
    followed, n = int((real["final"] == 1).sum()), len(real)
    row = _row(shown.items, item="item-1", arm="lime")
    assert (row["followed"], row["people"]) == (followed, n)
    assert [row["value"], row["low"], row["high"]] == pytest.approx(
        [followed / n, *wilson(followed, n)]
    )
    assert summary(database, kept, rehearsal=True).counted.scored == 1


def test_all_stages_are_scored_and_satisfaction_is_last(database: Database) -> None:
    made = study(4, arms=("answer",), stages=STAGES, edited=(item(9),), primary="over_reliance")
    kept = acts.launched(database, made)
    rows = []
    for person in range(10):
        about = {"participant": person, "is_rehearsal": False, "group": 0, "arm": "answer"}
        for stage, field, value in (
            ("choice_before", "answer", 0),
            ("choice_after", "answer", int(person < 6)),
            ("forward", "answer", int(person < 7)),
            *(("satisfaction", f"statement_{n}", 1 + person % 5) for n in (1, 2)),
            ("attention", "answer", 2 if person else 0),
        ):
            its_item = "item-9" if stage == "forward" else ""
            rows.append(about | {"stage": stage, "field": field, "value": value, "item": its_item})
    long = pd.DataFrame(rows).assign(has_finished=True)
    found = of_tables(made, frames.participants(database, kept), long, n_resamples=200)
    assert [*found.choice] == [""]
    change = found.choice[""]
    assert (change.before, change.gained, change.lost) == (0, 6, 0)
    assert found.attention == (9, 10)
    assert _row(found.scores, measure="simulation")["value"] == pytest.approx(0.7)
    assert _row(found.scores, measure="satisfaction")["value"] == pytest.approx(3.0)
    assert found.scores["measure"].iloc[-1] == "satisfaction"
    assert found.scores["measure"].iloc[0] == "over_reliance"
    assert np.isnan(found.scores["value"].iloc[0])


def test_a_study_without_people_says_nothing(database: Database) -> None:
    kept = acts.launched(database, study(2, stages=STAGES, edited=(item(9),)))
    found = summary(database, kept)
    assert found.scores["value"].isna().all()
    assert found.counted.joined == 0
    assert found.items["value"].isna().all()


def test_where_everybody_meets_every_arm_guesses_and_ratings_are_of_the_arm(
    database: Database,
) -> None:
    """With LIME all guess what the model says of other items; without, half of the people do."""
    edited = tuple(item(n) for n in range(10, 16))
    stages = tuple(map(Chosen, "consent own final forward satisfaction".split()))
    made = study(6, is_within=True, stages=stages, edited=edited)
    kept = acts.launched(database, made)
    ratings = {"answer": 2, "lime": 5, "placebo": 4}
    guessed: Counter[tuple[str, bool]] = Counter()
    for number in range(24):
        who = acts.joined(database, kept)
        assert who is not None
        for step, arm in in_arms(made, who.seat).items():
            match step.stage:
                case "consent":
                    continue
                case "forward":
                    is_right = arm == "lime" or number % 2 == 0
                    guessed[str(arm), is_right] += 1
                    said = {"answer": int(is_right)}  # the model says 1 of all
                case "satisfaction":
                    said = {f"statement_{n}": ratings[str(arm)] for n in (1, 2, 3)}
                case _:
                    said = {"answer": number % 2, "confidence": 80}
            answering.commit(database, kept, who, step, tokens.fresh(), said, {})
    found = summary(database, kept)
    for arm, rating in ratings.items():
        row = _row(found.scores, measure="simulation", arm=arm)
        right = guessed[arm, True]
        assert (row["people"], row["cases"]) == (24, 48)
        assert row["value"] == right / 48 == (1.0 if arm == "lime" else 0.5)
        assert _row(found.scores, measure="satisfaction", arm=arm)["value"] == rating
    apart = _row(found.differences, measure="simulation", other="answer")
    assert apart["value"] == 0.5
    # Twelve of 24 people are better with LIME, nobody worse: the signs of twelve pairs.
    assert apart["p_value"] == pytest.approx(2 * 0.5**12, abs=0.0008)
    assert apart["corrected"] >= apart["p_value"]
    wide = frames.wide(frames.long(database, kept))
    assert {*wide["statement_1|satisfaction|lime"]} == {5}


def test_the_choice_is_told_of_everybody_and_of_each_arm(database: Database) -> None:
    stages = tuple(map(Chosen, "consent choice_before own final choice_after".split()))
    made = study(1, stages=stages)
    kept = acts.launched(database, made)
    chosen: list[tuple[str, int, int]] = []
    for number in range(30):
        who = acts.joined(database, kept)
        assert who is not None
        arm = made.arms[who.seat.group]
        before, after = number // 3 % 2, int(arm == "lime" or number < 9)
        chosen.append((arm, before, after))
        for step in steps(made, who.seat)[1:]:
            answer = {"choice_before": before, "choice_after": after}.get(step.stage, 1)
            said = {"answer": answer, "confidence": 80}
            answering.commit(database, kept, who, step, tokens.fresh(), said, {})
    found = summary(database, kept)
    assert [*found.choice] == ["", "answer", "lime", "placebo"]
    for arm, change in found.choice.items():
        of_arm = [each for each in chosen if arm in ("", each[0])]
        assert change.people == len(of_arm)
        assert change.before == sum(before for _, before, _ in of_arm)
        assert change.after == sum(after for _, _, after in of_arm)
    pairs = Counter((before, after) for _, before, after in chosen)
    gained, lost = pairs[0, 1], pairs[1, 0]
    assert (found.choice[""].gained, found.choice[""].lost) == (gained, lost)
    exact = binomtest(gained, gained + lost).pvalue
    assert found.choice[""].p_value == pytest.approx(exact)
    # Holm, anew: of it and of the secondary differences that have a p-value.
    others = found.differences[found.differences["measure"] != found.primary]["p_value"].dropna()
    tests = sorted([*others, exact])
    by_hand = max(min(1, (len(tests) - n) * p) for n, p in enumerate(tests) if p <= exact)
    assert found.choice_corrected == pytest.approx(by_hand)
