"""What people expect of a browser, and Streamlit leaves undone.

One step back undoes one act, and a phone's menu closes after a choice.
"""

import streamlit as st

_BROWSING = st.components.v2.component(
    "browsing",
    html="<div></div>",
    js="""
// Going to a screen writes two entries into the history: the screen before with the parameters of
// the next one, then the next one. A screen that the menu opens writes a bare one, then one with
// what was looked at last. Only the second of both is a place that somebody has been to.
function onePlaceAnAct() {
  if (window.history.pushesOncePerAct) return
  window.history.pushesOncePerAct = true
  const push = window.history.pushState.bind(window.history)
  let last = null  // how the entry that is shown came about, until somebody acts
  const acted = () => { last = null }
  for (const type of ["pointerdown", "keydown", "popstate"]) {
    window.addEventListener(type, acted, { capture: true })
  }
  window.history.pushState = (state, title, url) => {
    const from = new URL(window.location.href)
    const to = new URL(url ?? from, from)
    const isElsewhere = to.pathname !== from.pathname
    const isOnTheWay = last === "parameters" && isElsewhere && to.search === from.search
    const isBare = last === "screen" && !isElsewhere && from.search === ""
    if (isOnTheWay || isBare) window.history.replaceState(state, title, url)
    else push(state, title, url)
    last = isElsewhere ? "screen" : "parameters"
  }
}

function closeMenu(event) {
  const link = event.target.closest?.('[data-testid="stSidebarNavLink"]')
  const close = document.querySelector('[data-testid="stSidebarCollapseButton"] button')
  if (link && close) setTimeout(() => close.click())  // once the link has been followed
}

export default function ({ parentElement }) {
  const host = parentElement.host ?? parentElement
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"
  onePlaceAnAct()
  document.removeEventListener("click", closeMenu)
  document.addEventListener("click", closeMenu)
}
""",
)


def mind_the_browser() -> None:
    """Draw nothing; called by `ui.main` on every screen."""
    _BROWSING(key="browsing")
