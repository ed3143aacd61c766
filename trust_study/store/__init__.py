"""Where studies, participants, answers and events are kept: SQLite, or PostgreSQL.

`database` opens it and brings its tables up to date (`migrations/`); the other modules are what is
done with it, each act one short transaction.
"""
