"""Where Pick's choice stands."""

from ui.pick.choice import NAMES, PickChoice, read_pick
from ui.shell.address import Address

PICK: Address[PickChoice] = Address("pick", NAMES, read_pick)
