"""What is computed and kept, for all screens, without Streamlit."""
