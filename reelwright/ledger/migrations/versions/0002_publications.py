"""Publications and their story, uses of quotas, sealed tokens of channels."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Bring the ledger to this schema."""
    op.create_table(
        "publications",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("place", sa.String(240), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False, server_default="1"),
        sa.Column("channel", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("marker", sa.String(32), nullable=False),
        sa.Column("series", sa.String(120), nullable=False, server_default=""),
        sa.Column("run", sa.String(64), nullable=False, server_default=""),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("calling", sa.String(16), nullable=False, server_default=""),
        sa.Column("called_at", sa.Double),
        sa.Column("post", sa.JSON, nullable=False),
        sa.Column("handle", sa.JSON),
        sa.Column("outcome", sa.JSON),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("remote_id", sa.String(400), nullable=False, server_default=""),
        sa.Column("url", sa.Text, nullable=False, server_default=""),
        sa.Column("refusal", sa.String(32), nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("person_should", sa.Text, nullable=False, server_default=""),
        sa.Column("slot", sa.Double),
        sa.Column("not_before", sa.Double, nullable=False, server_default="0"),
        sa.Column("owner", sa.String(200), nullable=False, server_default=""),
        sa.Column("lease_until", sa.Double, nullable=False, server_default="0"),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.Column("published_at", sa.Double),
        sa.UniqueConstraint("sha256", "place", "edition", name="one_publication"),
        sa.UniqueConstraint("slug", "place", "edition", name="one_publication_of_a_name"),
    )
    op.create_index("publications_by_change", "publications", ["changed_at"])
    _add_what_they_use()


def _add_what_they_use() -> None:
    """Add the story of each publication, the uses that quotas count, and the sign-ins."""
    op.create_table(
        "publication_events",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("publication", _IDENTITY, sa.ForeignKey("publications.id"), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("publication_events_by_publication", "publication_events", ["publication"])
    op.create_table(
        "channel_uses",
        sa.Column("id", _IDENTITY, primary_key=True, autoincrement=True),
        sa.Column("place", sa.String(240), nullable=False),
        sa.Column("quota", sa.String(80), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("channel_uses_by_quota", "channel_uses", ["place", "quota", "at"])
    op.create_table(
        "channel_tokens",
        sa.Column("account", sa.String(240), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("access_until", sa.Double),
        sa.Column("refresh_until", sa.Double),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("account_name", sa.String(200), nullable=False, server_default=""),
        sa.Column("turn_owner", sa.String(200), nullable=False, server_default=""),
        sa.Column("turn_until", sa.Double, nullable=False, server_default="0"),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
