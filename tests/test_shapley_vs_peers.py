"""The benchmark beside other packages plays the games that it says."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import shapley_vs_peers
from sample_models import load_data, load_model


def test_a_game_of_rows_goes_from_one_row_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """All columns are the first row's, or the second's."""
    monkeypatch.setattr(shapley_vs_peers, "WORDS", {})
    monkeypatch.setattr(shapley_vs_peers, "PICTURES", ())
    monkeypatch.setattr(shapley_vs_peers, "ROWS", (72,))
    monkeypatch.setattr(shapley_vs_peers, "played", lambda name, d, ask: (name, d, ask))
    games: list[Any] = list(shapley_vs_peers.games())
    assert [(name, d) for name, d, _ in games[:2]] == [("flu a 72", 16), ("flu b 72", 16)]
    data, (_, d, ask) = load_data("flu"), games[0]
    rows = pd.concat([data.test.instance(72), data.train.instance(3)])
    expected = load_model("flu", "a")(rows)[:, 1]
    assert ask(np.array([[True] * d, [False] * d])) == pytest.approx(expected)
    assert expected[0] != pytest.approx(expected[1])
