"""The script that Streamlit runs for every session: it names the screens and shows one.

The imports are inside, and the call is guarded, because a worker process that starts imports the
main module of the server again, and by then that is this file.
"""

# Where Streamlit writes in the theme's blue, it cannot be read on a dark page: a blue that is
# dark enough for the white on a button is too dark for that. An edge tells what is chosen.
STYLE = """<style>
button[data-variant="segmented_control"][data-selected="true"],
button[data-variant="segmented_control"][data-selected="true"] *,
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] * {
  color: inherit !important;
}
</style>"""


def main() -> None:
    """Show the screen that the URL names."""
    import streamlit as st

    from pages import compare, explain, home, improve, pick, review, upload
    from ui.shell import address, browsing, memory, screens

    memory.freeze_imports()

    pages = {
        "home": st.Page(home.render, title="Home", url_path="", default=True),
        "upload": st.Page(upload.render, title="Upload", url_path="upload"),
        "explain": st.Page(explain.render, title="Explain", url_path="explain"),
        "compare": st.Page(compare.render, title="Compare", url_path="compare"),
        "pick": st.Page(pick.render, title="Pick", url_path="pick"),
        "review": st.Page(review.render, title="Review", url_path="review", visibility="hidden"),
        "improve": st.Page(improve.render, title="Improve", url_path="improve"),
    }
    screens.register(pages)
    page = st.navigation(list(pages.values()), position="top")
    title = "LIME Trust Lab" if page.url_path == "" else f"{page.title} - LIME Trust Lab"
    st.set_page_config(page_title=title, layout="wide")
    st.html(STYLE)
    browsing.mind_the_browser()
    screens.leave()
    screens.arrive(page.url_path)
    page.run()
    address.answered()


if __name__ == "__main__":
    main()
