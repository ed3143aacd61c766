"""What explanations do to people's judgement: studies, their participants, their scores.

The plan, from what a host decides to what a researcher takes away:

`frozen`
    A study as it was launched: one JSON document with everything that participants see or are
    measured against (items, the model's answers, explanations by arm, stages and their settings,
    seed, cap). Its SHA-256 names the version; nothing is loaded or computed after the launch.
`course`
    The way of one participant through it: the arm of every item, the order, the steps. A pure
    function of the study and of the place that the store gave them, so that the server owns the
    position: the current step is the first one without an answer.
`stages/`
    A folder a stage: `define` (what a host sets), `page` (what a participant gets, and which
    fields are read), `score` (what comes of it), templates beside them. A new stage is a new
    folder and a line in `stages/registry.py`.
`forms`
    The few kinds of fields that stages ask with, and how a post is read.
`store/`
    SQLite or PostgreSQL. Answers and events are only ever added; an answer is unique by
    (participant, item, stage). A post carries the id of the form it was sent from: it is inserted,
    or the row that is there is returned, in one transaction.
`web/`
    The participants' pages: plain forms that work without JavaScript.
`scoring/`
    Statistics that the stages' scores share: rates, intervals that resample participants, and
    whether arms differ by more than who was in which.
`rehearsal/`
    Simulated people of known behaviour, who play a study over HTTP before people do.
`summary`
    All results as one value, for figures, a page, a report and the export.
`told`, `numbers`, `report`
    Their words, how numbers are written, and one HTML file of them.
`export`
    One ZIP with everything, for a researcher.

It imports nothing of the other packages.
"""
