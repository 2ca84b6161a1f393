"""Stages list their channels in three fields instead of one fixed order."""


def migrate(cr, _version):
    """Keep each stage's order; e-mail is added by nobody but its manager."""
    cr.execute(
        """
        ALTER TABLE cobranza_stage
          ADD COLUMN IF NOT EXISTS first_channel varchar,
          ADD COLUMN IF NOT EXISTS second_channel varchar,
          ADD COLUMN IF NOT EXISTS third_channel varchar
        """
    )
    cr.execute(
        """
        UPDATE cobranza_stage
           SET first_channel = split_part(channel_order, '_', 1),
               second_channel = NULLIF(split_part(channel_order, '_', 2), '')
        """
    )
    cr.execute("ALTER TABLE cobranza_stage DROP COLUMN channel_order")
