"""What people expect of a browser, and Streamlit leaves undone.

One step back undoes one act, a phone's menu closes after a choice, what is drawn follows the theme,
and a button copies the address.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

# Screens whose address says what is seen there.
LINKS = frozenset({"explain", "compare", "pick", "review"})
# In an address, but not in a copy for others: whose verdict or review it is, how far that is, and
# the secret of who makes or hosts a study.
ONES_OWN = ("who", "reviewer", "at", "draft", "host")

_BROWSING = st.components.v2.component(
    "browsing",
    html="<div></div>",
    js="""
// Going to a screen writes two entries into the history, or a bare one and one with what was looked
// at last; a late answer writes one for a screen that somebody has left by the browser's way back.
// One act is one entry: what comes after it corrects that entry.
function onePlaceAnAct() {
  if (window.history.pushesOncePerAct) return
  window.history.pushesOncePerAct = true
  const push = window.history.pushState.bind(window.history)
  let hasActed = false  // since the last entry
  for (const type of ["pointerdown", "keydown", "click"]) {
    window.addEventListener(type, () => { hasActed = true }, { capture: true })
  }
  window.addEventListener("popstate", () => { hasActed = false }, { capture: true })
  window.history.pushState = (state, title, url) => {
    if (hasActed) push(state, title, url)
    else window.history.replaceState(state, title, url)
    hasActed = false
  }
}

function closeMenu(event) {
  const ways = '[data-testid="stSidebarNavLink"], [data-testid="stLogoLink"]'
  const link = event.target.closest?.(ways)
  const close = document.querySelector('[data-testid="stSidebarCollapseButton"] button')
  if (link && close) setTimeout(() => close.click())  // once the link has been followed
}

let page = ""  // its background

export default function ({ parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"
  // After a change of theme Streamlit calls this again, but does not run the page again.
  const now = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  if (page && now && now !== page) setStateValue("page", now)
  page = now || page
  onePlaceAnAct()
  document.removeEventListener("click", closeMenu)
  document.addEventListener("click", closeMenu)
}
""",
)


_COPY_LINK = st.components.v2.component(
    "copy_link",
    html="""<button type="button">
<svg viewBox="0 0 24 24" aria-hidden="true">
<path d="M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.6l-1.2 1.2"/>
<path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3 3A4.5 4.5 0 0 0 11 19.4l1.2-1.2"/>
</svg>
<span class="words">Copy link</span>
</button>
<span class="told" role="status"></span>""",
    css="""
:host { white-space: nowrap }
button {
  display: inline-flex; align-items: center; gap: .4rem; min-height: 2rem; padding: 0 .7rem;
  font: inherit; font-size: .875rem; color: inherit; cursor: pointer; background: transparent;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
}
button:hover { border-color: currentColor }
button:focus-visible { outline: 2px solid var(--st-link-color); outline-offset: 2px }
svg {
  width: 1.1em; height: 1.1em; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round;
}
.told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media (max-width: 768px) {
  button { min-width: 2.75rem; min-height: 2.75rem; justify-content: center; border: 0 }
  .words:not(.news) {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)
  }
}
""",
    js="""
const COPIED_MS = 2500
const timers = new WeakMap()

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
  } catch {  // only pages that come safely may do that
    const field = document.createElement("textarea")
    field.value = text
    field.style.position = "fixed"
    document.body.append(field)
    field.select()
    const done = document.execCommand("copy")
    field.remove()
    if (!done) throw new Error("The browser does not let the page copy.")
  }
}

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button")
  const words = parentElement.querySelector(".words")
  const told = parentElement.querySelector(".told")
  const tell = (news) => {
    words.textContent = news || "Copy link"
    words.classList.toggle("news", Boolean(news))
    told.textContent = news
  }
  button.onclick = async () => {
    const address = new URL(location.href)
    for (const name of data.without) address.searchParams.delete(name)
    try {
      await copy(address.href)
      tell("Copied")
    } catch {
      tell("Copy it from the address bar")
    }
    button.focus()
    clearTimeout(timers.get(parentElement))
    timers.set(parentElement, setTimeout(() => tell(""), COPIED_MS))
  }
}
""",
)


def copy_link() -> None:
    """A button beside the menu that copies the page's address; drawn by `ui.main`."""
    _COPY_LINK(key="copy-link", data={"without": list(ONES_OWN)}, width="content")


def link_with(params: Mapping[str, str]) -> str:
    """This screen's address with these parameters, as the browser has it; empty without one."""
    base = (st.context.url or "").split("?")[0]
    return f"{base}?{urlencode(params)}" if base else ""


def mind_the_browser() -> None:
    """Draw nothing; called by `ui.main` on every screen."""
    _BROWSING(key="browsing", on_page_change=lambda: None)
