"""What several pages show in the same way."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui.shell.address import About

_MIME = {"html": "text/html", "csv": "text/csv", "json": "application/json"}
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

export default function ({ parentElement, data, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const column = host.closest('[data-testid="stVerticalBlock"]') ?? host
  const self = host.closest('[data-testid="stElementContainer"]')
  if (self) self.style.position = "absolute"  // takes no room, not even the gap
  let ruler = rulers.get(parentElement)
  if (!ruler) {
    const colour = () => getComputedStyle(host).getPropertyValue("--st-background-color").trim()
    ruler = { width: data.width, page: colour(), timer: 0 }  // what the page was drawn for
    ruler.measure = () => {
      const width = Math.floor(column.getBoundingClientRect().width)
      const page = colour()
      if (width < 50) return  // hidden
      const same = width === ruler.width || (width > ruler.width && width < ruler.width + 24)
      if (same && page === ruler.page) return
      if (!same) ruler.width = width
      ruler.page = page
      ruler.tell("seen", { width: ruler.width, page })
    }
    ruler.observer = new ResizeObserver(() => {
      clearTimeout(ruler.timer)
      ruler.timer = setTimeout(ruler.measure, ruler.timer ? 200 : 0)
    })
    ruler.observer.observe(column)
    rulers.set(parentElement, ruler)
  }
  ruler.tell = setStateValue
  // Streamlit calls this again after a change of theme, but does not run the page again.
  if (ruler.timer) {
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
const SVG = "http://www.w3.org/2000/svg"

// A click on a part, by its number, of a figure about something.
function press(hand, id, of) {
  const now = Date.now()
  const last = hand.clicks.at(-1)
  if (!Number.isInteger(id) || (last?.id === id && now - last.n < 300)) return  // double click
  hand.clicks = [...hand.clicks, { n: Math.max(now, (last?.n ?? 0) + 1), id, of }].slice(-20)
  hand.tell("clicks", hand.clicks)
}

// The parts that a figure shares with others, as outlines over it: lit in all figures while one of
// them is pointed at or focused. Nothing that Plotly draws can be reached by keyboard; these can.
function outline(hand) {
  const plot = hand.find()?.querySelector(".js-plotly-plot")
  const { parts, shade, about } = plot?.layout?.meta ?? {}
  const within = plot?.querySelector(".svg-container")
  if (!parts || !within || (hand.parts === parts && hand.svg?.isConnected)) return
  hand.svg?.remove()
  hand.parts = parts
  const svg = (hand.svg = document.createElementNS(SVG, "svg"))
  svg.setAttribute("class", "linked-parts")
  svg.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none;" +
    "overflow:visible"
  const blue = getComputedStyle(hand.host).getPropertyValue("--st-primary-color").trim()
  const look = shade
    ? `stroke-width:2;fill:${blue};fill-opacity:${shade}`
    : "stroke-width:4;fill:none;filter:drop-shadow(0 0 1px #fff) drop-shadow(0 0 1px #fff)"
  hand.outlines = new Map()
  for (const { id, path, said } of parts) {
    const line = document.createElementNS(SVG, "path")
    line.setAttribute("d", path)
    line.setAttribute("data-part", id)
    line.setAttribute("tabindex", "0")
    line.setAttribute("role", hand.clicks ? "button" : "img")
    line.setAttribute("aria-label", said)
    line.style.cssText = `opacity:0;outline:none;fill-rule:evenodd;stroke:${blue};` +
      `stroke-linejoin:round;${look}`
    line.addEventListener("focus", () => point(id))
    line.addEventListener("blur", () => point(null))
    line.addEventListener("keydown", (event) => {
      if (!hand.clicks || (event.key !== "Enter" && event.key !== " ")) return
      event.preventDefault()
      if (event.repeat) return
      document.limePressed = { chart: hand.chart, id }
      press(hand, id, about ?? "")
    })
    hand.outlines.set(id, line)
    svg.append(line)
  }
  within.append(svg)
  light(hand, hand.lit ?? null)
  refocus(hand)
}

// The part that was pressed last by keyboard has the focus again when its figure is drawn anew,
// with or without this component, unless something else has it now. What is hidden cannot have it,
// and what Streamlit hides once more loses it: looked at for a while.
function refocus(hand, until = performance.now() + 3000) {
  const { chart, id } = document.limePressed ?? {}
  const line = chart === hand.chart ? hand.outlines.get(id) : null
  const has = document.activeElement
  if (!line?.isConnected || (has !== line && has !== document.body)) return
  if (has !== line) line.focus({ preventScroll: true })
  if (document.activeElement !== line || performance.now() < until) {
    requestAnimationFrame(() => refocus(hand, until))
  }
}

function point(id) {
  document.dispatchEvent(new CustomEvent("lime-part", { detail: id }))
}

function light(hand, id) {
  hand.lit = id
  for (const [own, line] of hand.outlines ?? []) {
    const lit = own === id
    line.style.opacity = lit ? 1 : 0
    line.toggleAttribute("data-lit", lit)
  }
}

// The part under the mouse or finger.
function under(hand, { clientX, clientY }) {
  const shown = hand.svg?.isConnected && hand.svg.getScreenCTM()
  if (!shown) return null
  const place = new DOMPoint(clientX, clientY).matrixTransform(shown.inverse())
  for (const [id, line] of hand.outlines) if (line.isPointInFill(place)) return id
  return null
}

// Each click goes to the page with a number of its own, the last few together: while the page is
// busy later messages replace earlier ones.
function listen(hand) {
  const plot = hand.find()?.querySelector(".js-plotly-plot")
  if (!plot?.on || hand.plot === plot) return
  hand.plot = plot
  plot.on("plotly_click", ({ points }) => {
    const id = points?.[0]?.customdata
    press(hand, id, plot.layout?.meta?.about ?? "")  // what was drawn when it was clicked
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
  if (svg.getBoundingClientRect().width > svg.clientWidth + 1) return  // enlarged
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
    hand = { host, picture: null, timer: 0, clicks: data.clicks ? [] : null }
    hand.find = () => document.querySelector(`.${hand.chart} .stPlotlyChart`)
    const look = (event) => {
      const here = event.target.closest?.(`.${hand.chart}`)
      const id = here ? under(hand, event) : null
      if (id === (hand.pointed ?? null)) return
      hand.pointed = id
      point(id)
    }
    hand.listeners = {
      pointermove: look,
      pointerdown: (event) => {
        document.limePressed = null
        look(event)
        if (!hand.clicks || !event.target.closest?.(`.${hand.chart}`)) return
        listen(hand)
        takePicture(hand)
      },
      "lime-part": ({ detail }) => light(hand, detail),
      ...(hand.clicks ? touches(hand) : {}),
    }
    for (const [type, listener] of Object.entries(hand.listeners)) {
      document.addEventListener(type, listener, { capture: true, passive: type !== "touchend" })
    }
    hand.observer = new MutationObserver(() => {
      outline(hand)
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
  outline(hand)
  host.setAttribute(hand.clicks ? "data-listens-to" : "data-links", data.chart)  // no click is lost
  return () => {
    dropPicture(hand)
    hand.svg?.remove()
    for (const [type, listener] of Object.entries(hand.listeners)) {
      document.removeEventListener(type, listener, { capture: true })
    }
    hand.observer.disconnect()
    hands.delete(parentElement)
  }
}
""",
)


_LENS = st.components.v2.component(
    "lens",
    html="""
<div class="tools">
  <button type="button" class="hold">Hold to see the original</button>
  <span class="zoom" role="group" aria-label="Size of the picture">
    <button type="button" class="less" aria-label="Smaller">&minus;</button>
    <output>100%</output>
    <button type="button" class="more" aria-label="Larger">+</button>
  </span>
</div>""",
    css="""
.tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
.zoom { display: inline-flex; align-items: center }
button {
  min-height: 40px; min-width: 40px; padding: 0 .75rem; font: inherit; font-size: .875rem;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, .5rem);
  cursor: pointer; touch-action: none; user-select: none; -webkit-user-select: none;
}
.zoom button { touch-action: manipulation }
button:hover:not(:disabled) { border-color: var(--st-primary-color) }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
button[data-held] { color: #fff; background: var(--st-primary-color) }
button:disabled { opacity: .4; cursor: default }
output { min-width: 3.25rem; text-align: center; font-size: .875rem }
""",
    js="""
const lenses = new WeakMap()
const SIZES = [1, 1.5, 2, 3, 4]

export default function ({ parentElement, data }) {
  let lens = lenses.get(parentElement)
  if (!lens) {
    lens = { held: false, size: 0, at: new Map(), last: new Map() }
    const [hold, less, more, said] = [".hold", ".less", ".more", "output"].map((one) =>
      parentElement.querySelector(one))
    // Rules, not the elements' own style: the figure is drawn anew after every click.
    lens.rules = document.head.appendChild(document.createElement("style"))
    lens.show = () => {
      const times = SIZES[lens.size], of = `:is(${lens.charts.map((one) => `.${one}`)})`
      const reasons = ":is(.layer-above, .infolayer, .linked-parts)"
      lens.rules.textContent =
        (lens.held ? `${of} ${reasons} { visibility: hidden }` : "") +
        (times > 1 ? `${of} .stPlotlyChart { overflow: auto !important; touch-action: pan-x pan-y }
          ${of} .js-plotly-plot { transform: scale(${times}); transform-origin: 0 0 }` : "")
      said.value = `${100 * times}%`
      less.disabled = lens.size === 0
      more.disabled = lens.size === SIZES.length - 1
      hold.toggleAttribute("data-held", lens.held)
    }
    const held = (now) => () => {
      if (lens.held === now) return
      lens.held = now
      lens.show()
    }
    const sized = (by) => () => {
      const before = SIZES[lens.size]
      lens.size = Math.min(SIZES.length - 1, Math.max(0, lens.size + by))
      lens.show()
      // What was in the middle stays there.
      const times = SIZES[lens.size] / before
      for (const box of lens.charts.map(lens.box).filter(Boolean)) {
        box.scrollLeft = (box.scrollLeft + box.clientWidth / 2) * times - box.clientWidth / 2
        box.scrollTop = (box.scrollTop + box.clientHeight / 2) * times - box.clientHeight / 2
      }
    }
    lens.box = (chart) => document.querySelector(`.${chart} .stPlotlyChart`)
    hold.addEventListener("pointerdown", (event) => {
      hold.setPointerCapture(event.pointerId)
      held(true)()
    })
    for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
      hold.addEventListener(type, held(false))
    }
    hold.addEventListener("contextmenu", (event) => event.preventDefault())  // of a long touch
    hold.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return
      event.preventDefault()
      held(true)()
    })
    hold.addEventListener("keyup", held(false))
    less.addEventListener("click", sized(-1))
    more.addEventListener("click", sized(1))
    // A figure that is drawn anew is where the one before it was.
    lens.scrolled = ({ target }) => {
      const chart = lens.charts.find((one) => lens.last.get(one) === target)
      if (chart) lens.at.set(chart, [target.scrollLeft, target.scrollTop])
    }
    document.addEventListener("scroll", lens.scrolled, true)
    lens.observer = new MutationObserver(() => {
      for (const chart of lens.charts) {
        const box = lens.box(chart)
        if (!box?.querySelector(".main-svg") || box === lens.last.get(chart)) continue
        lens.last.set(chart, box)
        box.scrollTo(...(lens.at.get(chart) ?? [0, 0]))
      }
    })
    lenses.set(parentElement, lens)
    const host = parentElement.host ?? parentElement
    const page = host.closest('[data-testid="stMain"]') ?? document.body
    lens.observer.observe(page, { childList: true, subtree: true })
  }
  lens.charts = data.charts
  lens.show()
  return () => {
    lens.observer.disconnect()
    lens.rules.remove()
    document.removeEventListener("scroll", lens.scrolled, true)
    lenses.delete(parentElement)
  }
}
""",
)


def figure_width(key: str, guess: int = 728) -> int:
    """Width in pixels of the column this is called in.

    Until the browser tells another it is the width told last for this key, or the `guess` (on
    phones that of a phone). The browser tells it where that is not right, and when a window has
    changed by more than a little; it also has the page run again when the theme changes. Call it in
    the very container that will hold the figure.
    """
    told_last = f"{key}-last"
    phone = "Mobi" in st.context.headers.get("User-Agent", "")
    width: int = st.session_state.get(told_last, 358 if phone else guess)
    seen = _RULER(key=key, data={"width": width}, on_seen_change=lambda: None).seen
    told = seen.get("width") if isinstance(seen, Mapping) else None
    if isinstance(told, int | float) and 50 <= told <= 10_000:  # comes from the browser
        width = st.session_state[told_last] = int(told)
    return width


def is_dark() -> bool:
    """Whether the page is dark now."""
    return bool(st.context.theme.type == "dark")


def figure(drawing: go.Figure, *, key: str, alt: str) -> None:
    """Show a figure that only answers to hovering, exactly as wide as it was made."""
    st.plotly_chart(drawing, key=key, alt=alt, width="content", theme="streamlit", config=CONFIG)


def linked_figure(drawing: go.Figure, *, key: str, alt: str) -> None:
    """Show a figure whose parts (`ui.figures.linked`) are lit with those of others on the page."""
    _HAND(key=f"{key}-hand", data={"chart": _css_class(key), "clicks": False})
    figure(drawing, key=key, alt=alt)


def picture_tools(keys: Sequence[str]) -> None:
    """To enlarge the pictures that `clickable_figure` shows by these keys, and see their originals.

    The original is what lies below everything in a figure; it is seen while a button is pressed.
    """
    charts = [_css_class(f"{key}-chart") for key in keys]
    _LENS(key=f"lens-{'-'.join(keys)}", data={"charts": charts})


def _css_class(key: str) -> str:
    """The class that Streamlit gives an element with this key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)


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
    `about` something else counts no longer. By keyboard only the figure's parts
    (`ui.figures.linked`) can be reached: give the same choice in a widget beside it.
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

    _HAND(key=hand, data={"chart": _css_class(chart), "clicks": True}, on_clicks_change=clicked)
    # The browser marks the clicked point at once; a figure that differs in nothing would keep it.
    drawing.update_layout(
        clickmode="event+select",
        meta={
            **(drawing.layout.meta or {}),
            "clicks": st.session_state.get(counter, 0),
            "about": about.key(""),
        },
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


def downloads(
    name: str, files: Mapping[str, tuple[str, Callable[[], str]]], *, disabled: bool = False
) -> None:
    """A button a file, by its title: how its name ends after `name`, and what makes it.

    Made when it is asked for.
    """
    for title, (ending, make) in files.items():
        st.download_button(
            title,
            make,
            f"{name}{ending}",
            _MIME[ending.rpartition(".")[2]],
            icon=":material/download:",
            on_click="ignore",
            disabled=disabled,
        )
