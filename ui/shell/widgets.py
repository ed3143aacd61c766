"""What several pages show in the same way."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui.shell.address import About

CONFIG = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "doubleClickDelay": 1,  # two quick clicks are two, wherever they are
}

_RULER = st.components.v2.component(
    "ruler",
    html="<div></div>",
    js="""
const rulers = new WeakMap()

export default function ({ parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const column = host.closest('[data-testid="stVerticalBlock"]') ?? host
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"  // takes no room, not even the gap
  let ruler = rulers.get(parentElement)
  if (!ruler) {
    ruler = { width: 0, page: "", timer: 0 }
    ruler.measure = () => {
      const width = Math.floor(column.getBoundingClientRect().width)
      const page = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
      if (width < 50) return  // hidden
      const same = width === ruler.width || (width > ruler.width && width < ruler.width + 24)
      if (same && page === ruler.page) return
      if (!same) ruler.width = width
      ruler.page = page
      ruler.tell("seen", { width: ruler.width, page })
    }
    ruler.observer = new ResizeObserver(() => {
      clearTimeout(ruler.timer)
      ruler.timer = setTimeout(ruler.measure, ruler.width ? 200 : 0)
    })
    ruler.observer.observe(column)
    rulers.set(parentElement, ruler)
  }
  ruler.tell = setStateValue
  // Streamlit calls this again after a change of theme, but does not run the page again.
  if (ruler.width) {
    clearTimeout(ruler.timer)
    ruler.timer = setTimeout(ruler.measure, 50)
  }
  return () => {
    clearTimeout(ruler.timer)
    ruler.observer.disconnect()
    rulers.delete(parentElement)
  }
}
""",
)

_HAND = st.components.v2.component(
    "hand",
    html="<div></div>",
    js="""
const hands = new WeakMap()

// Each click goes to the page with a number of its own, the last few together: while the page is
// busy later messages replace earlier ones.
function listen(hand) {
  const plot = hand.find()?.querySelector(".js-plotly-plot")
  if (!plot?.on || hand.plot === plot) return
  hand.plot = plot
  plot.on("plotly_click", ({ points }) => {
    const id = points?.[0]?.customdata
    const of = plot.layout?.meta?.about ?? ""  // what was drawn when it was clicked
    const now = Date.now()
    const last = hand.clicks.at(-1)
    if (!Number.isInteger(id) || (last?.id === id && now - last.n < 300)) return  // double click
    hand.clicks = [...hand.clicks, { n: Math.max(now, (last?.n ?? 0) + 1), id, of }].slice(-20)
    hand.tell("clicks", hand.clicks)
  })
}

// A finger: Plotly would keep the page from scrolling, show a label on the first tap and click
// on the second, at the place of the first. It gets a mouse click for each tap, and no touches.
function touches(hand) {
  let start = null
  const on = (event) => event.target.closest?.(`.${hand.chart} .draglayer`)
  const place = ({ clientX, clientY }) => ({ x: clientX, y: clientY })
  return {
    touchstart(event) {
      start = null
      if (!on(event)) return
      event.stopPropagation()
      if (event.touches.length === 1) start = { ...place(event.touches[0]), at: Date.now() }
    },
    touchend(event) {
      if (!start) return
      const { x, y } = place(event.changedTouches[0])
      const still = Math.hypot(x - start.x, y - start.y) < 10 && Date.now() - start.at < 600
      start = null
      if (!still) return
      event.stopPropagation()
      event.preventDefault()  // no second, made-up mouse click
      const mouse = { clientX: x, clientY: y, bubbles: true, cancelable: true, view: window }
      for (const type of ["mousemove", "mousedown", "mouseup"]) {
        document.elementFromPoint(x, y)?.dispatchEvent(new MouseEvent(type, mouse))
      }
    },
    touchcancel() {
      start = null
    },
  }
}

// A changed figure is taken away and drawn anew, which can leave a few frames blank: a picture
// of the old one fills its place for as long.
function takePicture(hand) {
  const svg = hand.find()?.querySelector(".main-svg")
  if (!svg || hand.picture?.isConnected) return
  const box = hand.find().getBoundingClientRect()
  hand.old = hand.find()
  hand.picture = document.createElement("div")
  hand.picture.setAttribute("aria-hidden", "true")
  hand.picture.style.cssText = `position:fixed;pointer-events:none;overflow:hidden;` +
    `left:${box.left}px;top:${box.top}px;width:${box.width}px;height:${box.height}px`
  hand.picture.append(svg.cloneNode(true))
}

function dropPicture(hand) {
  clearTimeout(hand.timer)
  hand.picture?.remove()
  hand.picture = null
}

export default function ({ parentElement, data, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"
  let hand = hands.get(parentElement)
  if (!hand) {
    hand = { picture: null, timer: 0, clicks: [] }
    hand.find = () => document.querySelector(`.${hand.chart} .stPlotlyChart`)
    hand.listeners = {
      pointerdown: (event) => {
        if (!event.target.closest?.(`.${hand.chart}`)) return
        listen(hand)
        takePicture(hand)
      },
      ...touches(hand),
    }
    for (const [type, listener] of Object.entries(hand.listeners)) {
      document.addEventListener(type, listener, { capture: true, passive: type !== "touchend" })
    }
    hand.observer = new MutationObserver(() => {
      if (!hand.picture) return
      const now = hand.find()
      const blank = !now?.querySelector(".main-svg .trace")
      if (blank && !hand.picture.isConnected) {
        parentElement.append(hand.picture)
        hand.timer = setTimeout(() => dropPicture(hand), 1500)
      } else if (!blank && now !== hand.old) {
        dropPicture(hand)
      }
    })
    const block = host.closest('[data-testid="stVerticalBlock"]') ?? document.body
    hand.observer.observe(block, { childList: true, subtree: true })
    hands.set(parentElement, hand)
  }
  hand.chart = data.chart
  hand.tell = setStateValue
  host.setAttribute("data-listens-to", data.chart)  // from now on no click is lost
  return () => {
    dropPicture(hand)
    for (const [type, listener] of Object.entries(hand.listeners)) {
      document.removeEventListener(type, listener, { capture: true })
    }
    hand.observer.disconnect()
    hands.delete(parentElement)
  }
}
""",
)


def figure_width(key: str, guess: int = 700) -> int:
    """Width in pixels of the column this is called in.

    The browser tells it right after the first run, when a window has changed by more than a
    little, and also has the page run again when the theme changes. Until then it is the width
    told last for this key, or the `guess` (on phones that of a phone). Call it in the very
    container that will hold the figure.
    """
    told_last = f"{key}-last"
    seen = _RULER(key=key, on_seen_change=lambda: None).seen
    told = seen.get("width") if isinstance(seen, Mapping) else None
    if isinstance(told, int | float) and 50 <= told <= 10_000:  # comes from the browser
        st.session_state[told_last] = int(told)
    phone = "Mobi" in st.context.headers.get("User-Agent", "")
    return int(st.session_state.get(told_last, 358 if phone else guess))


def is_dark() -> bool:
    """Whether the page is dark now."""
    return bool(st.context.theme.type == "dark")


def figure(drawing: go.Figure, *, key: str, alt: str) -> None:
    """Show a figure that only answers to hovering, exactly as wide as it was made."""
    st.plotly_chart(drawing, key=key, alt=alt, width="content", theme="streamlit", config=CONFIG)


def clickable_figure(
    drawing: go.Figure,
    *,
    key: str,
    alt: str,
    about: About,
    on_click: Callable[[int], Any],
) -> None:
    """Show a figure whose points, with whole numbers as `customdata`, answer to click and tap.

    `on_click` gets the number at each click, before the page (or the fragment around it) runs
    again; a second click on the same point is a click like any other. A click on a figure that was
    `about` something else counts no longer. Nothing in a figure can be reached by keyboard: give
    the same choice in a widget beside it.
    """
    # Streamlit's own on_select loses clicks while the page is busy, reports the second click on a
    # point as "nothing selected", and keeps a finger from scrolling the page.
    hand, chart, counter = f"{key}-hand", f"{key}-chart", f"{key}-clicks"
    known = {
        int(c) for trace in drawing.data if trace.customdata is not None for c in trace.customdata
    }

    def clicked() -> None:
        done = st.session_state.get(counter, 0)
        told = st.session_state[hand].get("clicks")
        for n, number in new_clicks(told, done, about.key("")):
            st.session_state[counter] = n
            if number in known:
                about.act(on_click)(number)

    css_class = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", chart)
    _HAND(key=hand, data={"chart": css_class}, on_clicks_change=clicked)
    # The browser marks the clicked point at once; a figure that differs in nothing would keep it.
    drawing.update_layout(
        clickmode="event+select",
        meta={"clicks": st.session_state.get(counter, 0), "about": about.key("")},
    )
    figure(drawing, key=chart, alt=alt)


def new_clicks(told: object, done: int, of: str) -> list[tuple[int, int]]:
    """The clicks after number `done` in what the browser told, as (number, component).

    Only those on a figure `of` this.
    """
    clicks = [c for c in told if isinstance(c, Mapping)] if isinstance(told, list) else []
    pairs = [(c.get("n"), c.get("id")) for c in clicks if c.get("of") == of]
    return sorted(
        (int(n), int(i))
        for n, i in pairs
        if isinstance(n, int | float) and isinstance(i, int | float) and n > done
    )
