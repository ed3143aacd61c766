"""What Alembic runs to bring a database up to date; `versions/` in their order."""
