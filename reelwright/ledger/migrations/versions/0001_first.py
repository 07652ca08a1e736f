"""Jobs, charges, budgets, breakers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_LIVE = sa.text("state IN ('claimed', 'starting', 'started')")


def upgrade() -> None:
    """Bring the ledger to this schema."""
    op.create_table(
        "jobs",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("entry", sa.String(120), nullable=False),
        sa.Column("model", sa.String(200), nullable=False, server_default=""),
        sa.Column("account", sa.String(64), nullable=False, server_default=""),
        sa.Column("episode", sa.String(200), nullable=False, server_default=""),
        sa.Column("series", sa.String(120), nullable=False, server_default=""),
        sa.Column("run", sa.String(64), nullable=False, server_default=""),
        sa.Column("shot", sa.Integer, nullable=False, server_default="0"),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("caps", sa.JSON, nullable=False),
        sa.Column("idempotency_key", sa.String(120), nullable=False),
        sa.Column("ticket", sa.JSON),
        sa.Column("clip", sa.JSON),
        sa.Column("reserved_micro", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("charged_micro", sa.BigInteger),
        sa.Column("kind", sa.String(32), nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("billed", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("owner", sa.String(200), nullable=False, server_default=""),
        sa.Column("lease_until", sa.Double, nullable=False, server_default="0"),
        sa.Column("claimed_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("ended_at", sa.Double),
        sa.UniqueConstraint("key", "attempt", name="one_attempt"),
    )
    op.create_index("one_live_job", "jobs", ["key"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.create_index("jobs_by_day", "jobs", ["day"])
    op.create_table(
        "charges",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("job", _IDENTITY, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("micro", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("charges_by_time", "charges", ["at"])
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(240), primary_key=True),
        sa.Column("committed_micro", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "breakers",
        sa.Column("entry", sa.String(120), primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("open_until", sa.Double, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
