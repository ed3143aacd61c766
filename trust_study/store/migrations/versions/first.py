"""The first tables, and what keeps answers and events as they are."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None

SQLITE = (
    """CREATE TRIGGER answers_stay BEFORE UPDATE ON answers
    BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END""",
    """CREATE TRIGGER answers_are_kept BEFORE DELETE ON answers
    WHEN (SELECT withdrawn_at FROM participants WHERE id = OLD.participant_id) IS NULL
    BEGIN SELECT RAISE(ABORT, 'an answer goes with its participant only'); END""",
    """CREATE TRIGGER events_are_kept BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END""",
    """CREATE TRIGGER events_stay BEFORE UPDATE ON events
    WHEN NEW.content IS NOT NULL OR NEW.salt IS NOT NULL
    OR NEW.chain IS NOT OLD.chain OR NEW.digest IS NOT OLD.digest OR NEW.number IS NOT OLD.number
    OR (SELECT withdrawn_at FROM participants WHERE id = OLD.participant_id) IS NULL
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION answers_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'an answer is never changed'; END IF;
    IF (SELECT withdrawn_at FROM participants WHERE id = OLD.participant_id) IS NULL THEN
    RAISE EXCEPTION 'an answer goes with its participant only'; END IF;
    RETURN OLD; END $$""",
    """CREATE TRIGGER answers_stay BEFORE UPDATE OR DELETE ON answers
    FOR EACH ROW EXECUTE FUNCTION answers_stay()""",
    """CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an event is never deleted'; END IF;
    IF NEW.content IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.chain <> OLD.chain
    OR NEW.digest <> OLD.digest OR NEW.number <> OLD.number
    OR (SELECT withdrawn_at FROM participants WHERE id = OLD.participant_id) IS NULL THEN
    RAISE EXCEPTION 'an event is never changed'; END IF;
    RETURN NEW; END $$""",
    """CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_stay()""",
)


def upgrade() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("host_hash", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("launched_at", sa.Double, nullable=False),
        sa.Column("closed_at", sa.Double),
        sa.Column("revealed_at", sa.Double),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("host_hash"),
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("group", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("is_rehearsal", sa.Boolean, nullable=False),
        sa.Column("outside", sa.Text),
        sa.Column("joined_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("finished_at", sa.Double),
        sa.Column("withdrawn_at", sa.Double),
        sa.UniqueConstraint("token_hash"),
        sa.UniqueConstraint("study_id", "group", "number"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id"), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Double, nullable=False),
        sa.UniqueConstraint("participant_id", "item", "stage"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id")),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("content", sa.Text),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.UniqueConstraint("study_id", "number"),
    )
    op.create_index("ix_events_participant_id", "events", ["participant_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
