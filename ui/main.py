"""The script that Streamlit runs for every session: it names the screens and shows one.

The imports are inside, and the call is guarded, because a worker process that starts imports the
main module of the server again, and by then that is this file.
"""

from pathlib import Path

NAME = "LIME Trust Lab"
MARK = Path(__file__).with_name("mark.svg")

# Where Streamlit writes in the theme's blue, it cannot be read on a dark page: a blue that is
# dark enough for the white on a button is too dark for that. An edge tells what is chosen.
# What a figure says of a point stands above it, out of the figure too: beside it, where Plotly puts
# it, it would hide the point's neighbours, and the words that come next. An animation, because
# Plotly first measures the label where it has put it.
# What is said by the way is Streamlit's text at .6, which is too pale on white (4.3 to 1).
# A text that goes on fades. What a thumb has to hit is 40 pixels high.
STYLE = """<style>
button[data-variant="segmented_control"][data-selected="true"],
button[data-variant="segmented_control"][data-selected="true"] *,
button[data-variant="pills"][data-selected="true"],
button[data-variant="pills"][data-selected="true"] *,
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] * {
  color: inherit !important;
}
.stElementContainer:has(.hovertext), .js-plotly-plot:has(.hovertext), .main-svg:has(.hovertext) {
  overflow: visible !important;
}
@keyframes stand-above { to { translate: 0 calc(-50% - 15px) } }
.js-plotly-plot .hovertext {
  transform-box: fill-box;
  animation: stand-above 1ms 1ms forwards;
}
:is(div, button):has(> .stLogo) { display: flex; align-items: center; color: inherit }
:is(div, button):has(> .stLogo)::after {
  content: "LIME Trust Lab"; margin: 0 .75rem 0 .5rem; font-size: 1rem;
  font-weight: 600; white-space: nowrap;
}
.st-key-copy-link { position: fixed; top: .85rem; right: 4rem; width: auto; z-index: 999991 }
@media (max-width: 768px) {
  [data-testid="stToolbar"] > div > :last-child { min-width: 0; margin-left: auto }
  .st-key-copy-link { top: .5rem; right: 3.25rem }
}
[data-testid="stCaptionContainer"] { opacity: .75 !important }
[class*="st-key-"][class*="-faded"] {
  mask-image: linear-gradient(#000 calc(100% - 5rem), transparent);
}
@media (pointer: coarse) {
  button[data-variant="segmented_control"], [data-testid="stPaginationPage"],
  [data-testid="stButton"] button { min-height: 40px; min-width: 40px }
}
</style>"""


def main() -> None:
    """Show the screen that the URL names."""
    import streamlit as st

    from pages import compare, explain, home, improve, pick, review, study, upload
    from ui.shell import address, browsing, controls, memory, notices, screens
    from ui.shell.presenting import lock

    memory.freeze_imports()

    pages = {
        "home": st.Page(home.render, title="Home", url_path="", default=True),
        "upload": st.Page(upload.render, title="Upload", url_path="upload"),
        "explain": st.Page(explain.render, title="Explain", url_path="explain"),
        "compare": st.Page(compare.render, title="Compare", url_path="compare"),
        "pick": st.Page(pick.render, title="Pick", url_path="pick"),
        "review": st.Page(review.render, title="Review", url_path="review"),
        "study": st.Page(study.render, title="Study", url_path="study"),
        "improve": st.Page(improve.render, title="Improve", url_path="improve"),
    }
    screens.register(pages)
    page = st.navigation(list(pages.values()), position="top")
    title = NAME if page.url_path == "" else f"{page.title} - {NAME}"
    st.set_page_config(page_title=title, page_icon=str(MARK), layout="wide")
    st.logo(str(MARK))
    st.html(STYLE)
    browsing.mind_the_browser()
    if page.url_path in browsing.LINKS:
        browsing.copy_link()
    lock.enter()
    screens.leave()
    screens.arrive(page.url_path)

    def shown() -> None:
        lock.banner()
        page.run()

    notices.shown(shown)
    address.answered()
    controls.answered()


if __name__ == "__main__":
    main()
