"""The participants' pages: plain forms, drawn by the server, that work without JavaScript.

`door` is what a server mounts, `app` has the routes, `pages` draws, `posts` reads what is sent,
`tries` counts wrong codes, `thumbnails` makes pictures small. After every post comes a redirect;
what to show is always the participant's current step.
"""
