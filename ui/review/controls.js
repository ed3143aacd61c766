// What a person says of the picks of a review, kept here first: an act names the pick that was
// shown when it was done, has a number, and is told to the server until that has taken note of it
// (`done`), all of them together and in order. The page moves on without waiting for that.

const END = "end"
const TWICE_MS = 200  // the same key again so soon is a finger that slipped
const HABIT_MS = 2000  // "next" so soon after a verdict, which moves on by itself, is that very step
const reviews = new WeakMap()

const drawn = (tag, parent, given = {}) => {
  const element = Object.assign(document.createElement(tag), given)
  parent.append(element)
  return element
}

function start(root, data) {
  const review = { root, data, at: data.at, acts: [], drafts: {}, habit: null, slip: null, n: 0 }
  review.store = `review-${data.key}`
  try {
    const kept = JSON.parse(sessionStorage.getItem(review.store)) ?? {}
    review.drafts = kept.drafts ?? {}
    review.acts = (kept.acts ?? []).filter((act) => act.n > data.done && act.do !== "go")
  } catch { /* nothing was kept */ }
  draw(review)
  review.listener = (event) => pressed(review, event)
  document.addEventListener("keydown", review.listener)
  return review
}

function keep(review) {
  try {
    const { acts, drafts } = review
    sessionStorage.setItem(review.store, JSON.stringify({ acts, drafts }))
  } catch { /* a browser that keeps nothing: then the server alone does */ }
}

// --- Acts

function numbered(review, act) {
  review.n = Math.max(Date.now(), review.n + 1, review.data.done + 1)
  return { n: review.n, ...act }
}

function act(review, ...acts) {
  for (const each of acts) review.acts.push(numbered(review, each))
  keep(review)
  show(review)
  review.tell("acts", review.acts)
}

const pickAt = (review) => review.data.picks[review.at - 1]

// What is said of a pick, by what the server knows and what is on its way to it.
function saidOf(review, pick) {
  let said = pick.answer && { ...pick.answer }
  for (const each of review.acts) {
    if (each.row !== pick.row) continue
    if (each.do === "judge") said = { marks: [], note: "", ...said, verdict: each.value }
    if (each.do === "note") said.note = each.value
    if (each.do === "mark") said.marks = [...said.marks.filter((m) => m !== each.value), each.value]
    if (each.do === "unmark") said.marks = said.marks.filter((m) => m !== each.value)
  }
  return said
}

const draftOf = (review, pick) => review.drafts[pick.row] ?? { marks: [], note: "" }

function go(review, at, event, byVerdict = false) {
  const habit = review.habit
  review.habit = byVerdict ? { at, time: event.timeStamp } : null
  const again = habit && habit.at === review.at && at !== review.at - 1 && !byVerdict
  if (again && event.timeStamp - habit.time < HABIT_MS) return
  if (review.at === END || at < 1) return
  const to = at > review.data.picks.length ? END : at
  review.at = to
  act(review, { do: "go", value: String(to) })
  const title = document.querySelector(`.st-key-review-title-${to}`)
  if (title && title.getBoundingClientRect().top < 0) title.scrollIntoView({ block: "start" })
}

function judge(review, verdict, event) {
  const pick = pickAt(review)
  if (!pick?.ready) return
  const isFirst = !saidOf(review, pick)
  const acts = [{ do: "judge", row: pick.row, value: verdict }]
  if (isFirst) {
    const { marks, note } = draftOf(review, pick)
    for (const mark of marks) acts.push({ do: "mark", row: pick.row, value: mark })
    if (note) acts.push({ do: "note", row: pick.row, value: note })
    delete review.drafts[pick.row]
  }
  act(review, ...acts)
  if (isFirst) go(review, review.at + 1, event, true)
}

function mark(review, name) {
  const pick = pickAt(review)
  const said = saidOf(review, pick)
  const { marks } = said ?? draftOf(review, pick)
  const isMarked = marks.includes(name)
  review.habit = null
  if (said) {
    act(review, { do: isMarked ? "unmark" : "mark", row: pick.row, value: name })
    return
  }
  const draft = draftOf(review, pick)
  draft.marks = isMarked ? marks.filter((each) => each !== name) : [...marks, name]
  review.drafts[pick.row] = draft
  keep(review)
  show(review)
}

function note(review, row, text) {
  const pick = review.data.picks.find((each) => each.row === row)
  if (!pick) return
  if (saidOf(review, pick)) {
    act(review, { do: "note", row, value: text })
    return
  }
  review.drafts[row] = { ...draftOf(review, pick), note: text }
  keep(review)
}

// A note of which some is typed: it outlives a reload, and is told with whatever comes next.
function typing(review, row, text) {
  const pick = review.data.picks.find((each) => each.row === row)
  if (!pick || !saidOf(review, pick)) {
    note(review, row, text)
    return
  }
  const last = review.acts.at(-1)
  if (last?.do === "note" && last.row === row) review.acts.pop()
  review.acts.push(numbered(review, { do: "note", row, value: text }))
  keep(review)
}

function pressed(review, event) {
  const { key } = event
  const at = event.composedPath()[0]
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
  if (at.closest?.("input, textarea, select, [contenteditable], [role=combobox]")) return
  const slipped = review.slip?.key === key && event.timeStamp - review.slip.time < TWICE_MS
  review.slip = { key, time: event.timeStamp }
  const verdict = review.data.verdicts[Number(key) - 1]
  const part = pickAt(review)?.parts.find((each) => each.key === key.toUpperCase())
  if (verdict) {
    if (!slipped) judge(review, verdict[0], event)
  } else if (key === "ArrowRight") {
    go(review, review.at + 1, event)
  } else if (key === "ArrowLeft") {
    go(review, review.at - 1, event)
  } else if (part) {
    mark(review, part.name)
  } else {
    return
  }
  event.preventDefault()
}

// --- Drawing

function button(parent, click, given = {}) {
  const element = drawn("button", parent, { type: "button", ...given })
  element.addEventListener("click", click)
  return element
}

function draw(review) {
  const { root, data } = review
  root.replaceChildren()
  review.before = drawn("p", root, { className: "quiet before" })
  const verdicts = drawn("div", root, { className: "verdicts" })
  review.verdicts = data.verdicts.map(([verdict, words], i) => {
    const element = button(verdicts, (event) => judge(review, verdict, event), {
      className: "verdict",
    })
    drawn("span", element, { className: "dot", ariaHidden: "true" })
    drawn("span", element, { className: "words", textContent: words })
    drawn("kbd", element, { textContent: String(i + 1), ariaHidden: "true" })
    return [verdict, element]
  })
  review.told = drawn("p", root, { className: "quiet" })
  review.live = drawn("p", root, { className: "unseen", role: "status" })
  const steps = drawn("div", root, { className: "steps" })
  review.previous = button(steps, (event) => go(review, review.at - 1, event))
  drawn("span", review.previous, { textContent: "Previous" })
  drawn("kbd", review.previous, { textContent: "←", ariaHidden: "true" })
  review.next = button(steps, (event) => go(review, review.at + 1, event))
  review.nextWords = drawn("span", review.next)
  drawn("kbd", review.next, { textContent: "→", ariaHidden: "true" })
  review.marking = drawn("div", root)
  const heading = drawn("p", review.marking)
  drawn("strong", heading, { textContent: "Mark what should not matter" })
  const help = drawn("span", heading, { className: "help", textContent: "?", tabIndex: 0 })
  help.setAttribute("role", "note")
  help.title = help.ariaLabel = data.help
  review.marks = drawn("div", review.marking, { className: "marks" })
  review.marked = drawn("p", review.marking, { className: "quiet" })
  review.nothing = drawn("p", root, { className: "quiet", textContent: data.nothing })
  const label = drawn("label", root, { className: "note" })
  drawn("span", label, { textContent: "Note" })
  review.note = drawn("textarea", label, { rows: 3, placeholder: data.placeholder })
  review.note.maxLength = data.most
  review.note.addEventListener("input", () => typing(review, review.noteOf, review.note.value))
  review.note.addEventListener("change", () => note(review, review.noteOf, review.note.value))
  const ways = drawn("div", root, { className: "ways" })
  button(ways, () => act(review, { do: "go", value: END }), { textContent: "Summary" })
  review.explain = button(
    ways, () => act(review, { do: "explain", row: pickAt(review).row }),
    { textContent: "Open in Explain" },
  )
}

// The page draws each pick's title and the pick itself; one of them is seen.
function reveal(review) {
  review.style ??= drawn("style", document.head)
  const shown = ["title", "item"].map((part) => `body .st-key-review-${part}-${review.at}`)
  review.style.textContent = review.at === END ? "" : `
    body [class*="st-key-review-title-"], body [class*="st-key-review-item-"] { display: none }
    ${shown.join(", ")} { display: flex }`
}

function show(review) {
  const { data, at } = review
  reveal(review)
  review.root.classList.toggle("done", at === END)
  review.live.textContent = at === END ? "To the summary" : `Pick ${at} of ${data.picks.length}`
  review.before.textContent = at === END ? "" : before(review)
  if (at === END) return
  const pick = pickAt(review)
  const said = saidOf(review, pick)
  for (const [verdict, element] of review.verdicts) {
    element.ariaPressed = String(said?.verdict === verdict)
    element.disabled = !pick.ready
  }
  review.told.textContent = said ? told(review, pick, said, "You say") : pick.untold
  const isLast = at === data.picks.length
  review.previous.disabled = at === 1
  review.nextWords.textContent = isLast ? "To the summary" : said ? "Next" : "Skip"
  review.next.classList.toggle("primary", Boolean(said))
  const { marks, note: written } = said ?? draftOf(review, pick)
  showMarks(review, pick, marks)
  if (review.noteOf !== pick.row || review.root.getRootNode().activeElement !== review.note) {
    review.note.value = written
  }
  review.noteOf = pick.row
  review.explain.hidden = !data.explains
}

function told(review, pick, said, who) {
  const words = new Map(review.data.verdicts).get(said.verdict).toLowerCase()
  return `${who}: ${words}.` + (pick.label ? ` The data says: ${pick.label}.` : "")
}

// What came of the verdict that has moved on to this pick.
function before(review) {
  const last = review.data.picks[review.at - 2]
  const said = last && saidOf(review, last)
  const isNews = said && review.habit?.at === review.at
  if (isNews) review.newsAt = review.at
  if (!said || review.newsAt !== review.at) {
    review.newsAt = null
    return ""
  }
  return told(review, last, said, `Pick ${review.at - 1}, you said`)
}

function showMarks(review, pick, marks) {
  const parts = pick.parts
  review.marking.hidden = parts.length === 0
  review.nothing.hidden = parts.length > 0
  const drawnFor = JSON.stringify(parts)
  if (review.drawnFor !== `${pick.row} ${drawnFor}`) {
    review.drawnFor = `${pick.row} ${drawnFor}`
    review.marks.replaceChildren()
    review.marks.classList.toggle("pictured", parts.some((part) => part.examples))
    review.parts = parts.map((part) => {
      const line = drawn("div", review.marks, { className: "part" })
      const element = button(line, () => mark(review, part.name))
      drawn("span", element, { className: "box", ariaHidden: "true" })
      drawn("span", element, { className: "words", textContent: part.words })
      if (part.key) drawn("kbd", element, { textContent: part.key, ariaHidden: "true" })
      if (part.examples) {
        const strip = drawn("div", line, { className: "strip", role: "img" })
        strip.ariaLabel = part.looks
        for (const src of part.examples) drawn("img", strip, { src, alt: "" })
      }
      return [part, element]
    })
  }
  const names = []
  for (const [part, element] of review.parts) {
    const isMarked = marks.includes(part.name)
    element.ariaPressed = String(isMarked)
    if (isMarked) names.push(part.called)
  }
  const [last, ...others] = names.map((name) => `“${name}”`).reverse()
  review.marked.textContent = !last ? "Nothing is marked."
    : `Should not matter: ${others.length ? `${others.reverse().join(", ")} and ` : ""}${last}.`
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".review")
  let review = reviews.get(parentElement)
  const isNew = !review
  if (isNew) {
    review = start(root, data)
    reviews.set(parentElement, review)
  }
  review.tell = setStateValue
  review.data = data
  const n = review.acts.length
  review.acts = review.acts.filter((each) => each.n > data.done)
  if (review.acts.length < n) keep(review)
  if (!review.acts.length) review.at = data.at  // nothing is on its way: the page knows best
  show(review)
  if (isNew && review.acts.length) setStateValue("acts", review.acts)  // a reload came between
  return () => {
    document.removeEventListener("keydown", review.listener)
    review.style?.remove()
    reviews.delete(parentElement)
  }
}
