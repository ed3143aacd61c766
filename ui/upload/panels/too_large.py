"""Files that the browser does not even send, because they are too large: named like any other.

Streamlit's uploader refuses them itself: it marks them red, with the reason in a tooltip, and tells
the page nothing. Others it sends once the server has said where to; a run of the page that begins
at that moment swallows the answer, and the file with it. So nothing is told before the uploader
lists the file, and one that it does not list is given to it once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

_MOST_TOLD = 3  # files
_LARGEST = 2**53  # bytes; beyond it the browser's numbers are not whole

_WATCH = st.components.v2.component(
    "too-large",
    html="<div></div>",
    js="""
const watches = new WeakMap()
const MB = /^Win/i.test(navigator.platform) ? 1024 ** 2 : 1000 ** 2  // as Streamlit counts there
const AGAIN_MS = 4000, LOOK_MS = 50

// Call `then` when the uploader lists one of these files, or has taken it already.
function listed(watch, files, then) {
  const start = Date.now()
  let hasAgain = false
  const look = () => {
    const box = document.querySelector(`.${watch.data.uploader}`)
    if (!box || files.some(({ name }) => box.textContent.includes(name))) return then()
    if (Date.now() - start > (hasAgain ? 2 : 1) * AGAIN_MS) {
      if (hasAgain) return then()
      hasAgain = true
      const input = box.querySelector("input[type=file]")
      const given = new DataTransfer()
      for (const file of files) given.items.add(file)
      input.files = given.files
      watch.isAgain = true
      input.dispatchEvent(new Event("change", { bubbles: true }))
      watch.isAgain = false
    }
    setTimeout(look, LOOK_MS)
  }
  setTimeout(look)  // once Streamlit has heard of them
}

export default function ({ parentElement, data, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"
  let watch = watches.get(parentElement)
  if (!watch) {
    watch = { turn: -1, isOneComing: false, hasTold: false, isAgain: false }
    watch.look = (event) => {
      if (watch.isAgain || !event.target.closest?.(`.${watch.data.uploader}`)) return
      const files = [...((event.dataTransfer ?? event.target).files ?? [])]
      if (!files.length) return
      const isLarge = (file) => file.size > watch.data.mostMb * MB
      const large = files.filter(isLarge), coming = files.filter((file) => !isLarge(file))
      watch.isOneComing ||= coming.length > 0
      const told = large.slice(0, watch.data.told).map(({ name, size }) => ({ name, size }))
      const tell = () => {
        if (!large.length && !watch.hasTold) return
        watch.hasTold = large.length > 0
        watch.tell("seen", { turn: watch.turn, files: told, isOneComing: watch.isOneComing })
      }
      if (coming.length) listed(watch, coming, tell)
      else tell()
    }
    document.addEventListener("change", watch.look, { capture: true })
    document.addEventListener("drop", watch.look, { capture: true })
    watches.set(parentElement, watch)
  }
  if (watch.turn !== data.turn) watch.isOneComing = false  // all that came has arrived
  watch.turn = data.turn
  watch.data = data
  watch.tell = setStateValue
  host.setAttribute("data-watches", data.uploader)  // from now on none is missed
  return () => {
    document.removeEventListener("change", watch.look, { capture: true })
    document.removeEventListener("drop", watch.look, { capture: true })
    watches.delete(parentElement)
  }
}
""",
)


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Name and size in bytes of the files that were given last and are too large.

    `is_one_coming` says that others were given which are not.
    """

    files: tuple[tuple[str, int], ...] = ()
    is_one_coming: bool = False


def too_large(widget: str, *, key: str, turn: int, max_mb: int) -> TooLarge:
    """What the uploader with the key `widget`, number `turn` in its place, has refused."""
    data = {"uploader": f"st-key-{widget}", "mostMb": max_mb, "turn": turn, "told": _MOST_TOLD}
    return read_told(_WATCH(key=key, data=data, on_seen_change=lambda: None).seen, turn)


def read_told(told: object, turn: int) -> TooLarge:
    """What the browser told, as far as it can be that."""
    if not isinstance(told, Mapping):
        return TooLarge()
    given = told.get("files")
    files = tuple(
        (file["name"], int(file["size"]))
        for file in (given if isinstance(given, list) else [])[:_MOST_TOLD]
        if isinstance(file, Mapping)
        and isinstance(file.get("name"), str)
        and isinstance(file.get("size"), int | float)
        and 0 <= file["size"] <= _LARGEST
    )
    return TooLarge(files, bool(told.get("isOneComing")) and told.get("turn") == turn)
