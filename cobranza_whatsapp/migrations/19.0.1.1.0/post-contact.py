"""Shared numbers that were confirmed stay so, for the number of today."""


def migrate(cr, _version):
    """Note which number was confirmed; by whom and when is not known."""
    cr.execute(
        """
        UPDATE res_partner SET cobranza_shared_number_keys = cobranza_number_key
         WHERE cobranza_shared_number_confirmed
        """
    )
