"""Where somebody is in a review, in the URL: which pick, whose review, which of its items."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from ui.pick.choice import PickChoice
from ui.pick.values import Picked
from ui.review.records import is_reviewer, keep_pick, new_reviewer
from ui.shell.address import Address, params_in_url, write_params
from ui.shell.notices import keeping
from ui.shell.screens import leave_for

END = "end"  # in place of an item's number: the summary
_REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Place:
    """`at` is the number of an item from 1, END, or whatever else a link says."""

    pick: str
    reviewer: str
    at: str = ""

    def params(self) -> dict[str, str]:
        """The URL's parameters."""
        written = {"pick": self.pick, "reviewer": self.reviewer, "at": self.at}
        return {name: value for name, value in written.items() if value}


def own_place(pick_id: str) -> Place:
    """This person's review of a pick, begun or not: where to go from other screens."""
    return Place(pick_id, _own_token())


@keeping
def begin_review(choice: PickChoice, picked: Picked) -> None:
    """Keep a pick and go to this person's review of it; for callbacks."""
    leave_for("review", own_place(keep_pick(choice, picked)).params())


def current_place() -> Place:
    """The place in the URL; a link without a reviewer begins a review of one's own."""
    return _REVIEW.current()


def settle(place: Place, at: str) -> None:
    """Write into the URL what a link left open."""
    params = Place(place.pick, place.reviewer, at).params()
    if params_in_url() != params:
        write_params(params)


def go(place: Place, at: int | str) -> None:
    """Go to an item, or to the END, of this place's review; for callbacks."""
    _REVIEW.write(pick=place.pick, reviewer=place.reviewer, at=str(at))


def _read(params: Mapping[str, str]) -> Place:
    token = params.get("reviewer", "")
    if is_reviewer(token):
        st.session_state[_REVIEWER] = token
    return Place(params.get("pick", ""), _own_token(), params.get("at", ""))


def _own_token() -> str:
    """One token for all that a person reviews in a session."""
    token: str = st.session_state.setdefault(_REVIEWER, new_reviewer())
    return token


_REVIEW: Address[Place] = Address("review", frozenset({"pick", "reviewer", "at"}), _read)
