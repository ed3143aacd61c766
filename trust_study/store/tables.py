"""The tables. Times are seconds since the epoch, by the server's clock."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

STUDIES = Table(
    "studies",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("code", String(12), nullable=False, unique=True),  # that is spoken and typed
    Column("host_hash", String(64), nullable=False, unique=True),  # of the host's secret
    Column("sha256", String(64), nullable=False),  # of the document
    Column("document", Text, nullable=False),
    Column("launched_at", Double, nullable=False),
    Column("closed_at", Double),  # nobody may join any more
    Column("locked_at", Double),  # nobody may answer any more
    Column("revealed_at", Double),  # who has finished may see what was right
)

PARTICIPANTS = Table(
    "participants",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("group", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # how many had joined the group before
    Column("is_rehearsal", Boolean, nullable=False),
    Column("outside", Text),  # JSON: ids that a panel of people gave; none once withdrawn
    Column("joined_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),  # the last answer
    Column("finished_at", Double),
    Column("withdrawn_at", Double),
    UniqueConstraint("study_id", "group", "number"),
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("item", String(200), nullable=False),  # empty if it is about none
    Column("stage", String(40), nullable=False),
    Column("form", String(64), nullable=False),  # the id of the form it was sent from
    Column("content", Text, nullable=False),  # JSON
    Column("client", Text, nullable=False),  # JSON: what the browser said of time and leaving
    Column("answered_at", Double, nullable=False),
    UniqueConstraint("participant_id", "item", "stage"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1 in each study, without a gap
    Column("participant_id", ForeignKey("participants.id")),
    Column("kind", String(20), nullable=False),
    Column("at", Double, nullable=False),
    Column("salt", String(32)),  # gone, with the content, once its participant has withdrawn
    Column("content", Text),  # JSON
    Column("digest", String(64), nullable=False),  # of salt and content
    Column("chain", String(64), nullable=False),  # of all that is above and of the chain before
    UniqueConstraint("study_id", "number"),
    Index(None, "participant_id"),
)
