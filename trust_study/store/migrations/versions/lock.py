"""A study can be locked: nobody answers any more. One that was revealed is."""

import sqlalchemy as sa
from alembic import op

revision = "lock"
down_revision = "first"


def upgrade() -> None:
    op.add_column("studies", sa.Column("locked_at", sa.Double))
    op.execute(
        "UPDATE studies SET locked_at = revealed_at, closed_at = COALESCE(closed_at, revealed_at) "
        "WHERE revealed_at IS NOT NULL"
    )
