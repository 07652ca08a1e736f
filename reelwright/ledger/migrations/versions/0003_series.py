"""Slots of series with what is told in them, and ideas that nobody has told yet."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the ledger to this schema."""
    op.create_table(
        "series_slots",
        sa.Column("series", sa.String(120), primary_key=True),
        sa.Column("slot", sa.String(40), primary_key=True),
        sa.Column("rule", sa.String(60), nullable=False, server_default=""),
        sa.Column("at", sa.Double),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("brief", sa.JSON),
        sa.Column("source", sa.Text, nullable=False, server_default=""),
        sa.Column("folder", sa.Text, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("run", sa.String(64), nullable=False, server_default=""),
        sa.Column("booked_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.UniqueConstraint("series", "topic", name="one_slot_for_a_topic"),
    )
    op.create_index("series_slots_by_time", "series_slots", ["series", "at"])
    op.create_table(
        "series_ideas",
        sa.Column("series", sa.String(120), primary_key=True),
        sa.Column("topic", sa.String(64), primary_key=True),
        sa.Column("brief", sa.JSON, nullable=False),
        sa.Column("source", sa.Text, nullable=False, server_default=""),
        sa.Column("found_at", sa.Double, nullable=False),
    )
