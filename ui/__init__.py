"""What the Streamlit pages share: navigation, jobs, store, state, widgets, figures."""
