"""What a person has just asked for comes into sight, once."""

import streamlit as st

_SIGHT = st.components.v2.component(
    "into_sight",
    html="<div></div>",
    js="""
const FRAMES = 300  // what is to be seen may load late
const done = new Set()

export default function ({ parentElement, data }) {
  const host = parentElement.host ?? parentElement
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"  // takes no room, not even the gap
  if (done.has(data.once)) return
  done.add(data.once)
  let frames = 0
  const look = () => {
    const found = document.querySelector(`.st-key-${data.key}`)
    const inner = data.top === null ? null : found?.querySelector(".dvn-scroller")
    if (found && (data.top === null || inner?.scrollHeight > 0)) {
      found.scrollIntoView({ block: "center" })
      if (inner) inner.scrollTop = Math.max(0, data.top - inner.clientHeight / 2)
      found.setAttribute("data-in-sight", data.once)
    } else if (frames++ < FRAMES) requestAnimationFrame(look)
  }
  look()
}
""",
)


def into_sight(key: str, once: str, *, top: int | None = None) -> None:
    """Scroll to the container with this key; not again for the same `once`.

    With `top`, the table in it is scrolled to so many pixels too.
    """
    _SIGHT(key=f"{key}-sight", data={"key": key, "once": once, "top": top})
