"""The channel's entry with each publication, so that what became of it can be read with nothing but the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the ledger to this schema."""
    op.add_column("publications", sa.Column("entry", sa.JSON))
