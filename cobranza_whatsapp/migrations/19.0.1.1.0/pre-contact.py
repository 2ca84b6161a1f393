"""Contact policies: rows without a company become the law, so keep users' own."""

SEED_WINDOWS = [(str(day), 9, 18) for day in range(5)]


def migrate(cr, version):
    """Give what users changed or added to the companies, before the law replaces it.

    Such a row narrows the law from now on; it no longer takes its place.
    """
    # The hours of the law have no names of their own any more.
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'cobranza_whatsapp' "
        r"AND name LIKE 'cobranza\_contact\_window\_fallback\_%'"
    )
    cr.execute("SELECT id FROM res_company WHERE parent_id IS NULL")
    companies = [company for [company] in cr.fetchall()]
    seed = _untouched_seed(cr)
    cr.execute(
        "SELECT id, id = %s FROM cobranza_contact_policy WHERE company_id IS NULL",
        [_fallback(cr)],
    )
    for policy, is_fallback in cr.fetchall():
        if policy == seed:
            continue
        for company in companies:
            _copy(cr, policy, company)
        if not is_fallback:
            cr.execute("DELETE FROM cobranza_contact_policy WHERE id = %s", [policy])


def _fallback(cr):
    cr.execute(
        "SELECT res_id FROM ir_model_data WHERE module = 'cobranza_whatsapp' "
        "AND name = 'cobranza_contact_policy_fallback'"
    )
    found = cr.fetchone()
    return found and found[0]


def _untouched_seed(cr):
    """Return the id of the fallback if it still says what the addon brought."""
    policy = _fallback(cr)
    cr.execute(
        "SELECT weekday, hour_from, hour_to FROM cobranza_contact_window "
        "WHERE policy_id = %s ORDER BY weekday, hour_from",
        [policy],
    )
    windows = cr.fetchall()
    cr.execute(
        "SELECT max_per_day, active FROM cobranza_contact_policy WHERE id = %s",
        [policy],
    )
    same = windows == SEED_WINDOWS and cr.fetchone() == (1, True)
    return policy if same else None


def _copy(cr, policy, company):
    """Copy a policy and its windows to a company."""
    cr.execute(
        """
        INSERT INTO cobranza_contact_policy
               (name, active, company_id, country_id, max_per_day, source, reviewed_on,
                create_uid, create_date, write_uid, write_date)
        SELECT name, active, %s, country_id, max_per_day, source, reviewed_on,
               create_uid, create_date, write_uid, write_date
          FROM cobranza_contact_policy WHERE id = %s
     RETURNING id
        """,
        [company, policy],
    )
    [own] = cr.fetchone()
    cr.execute(
        """
        INSERT INTO cobranza_contact_window
               (policy_id, weekday, hour_from, hour_to,
                create_uid, create_date, write_uid, write_date)
        SELECT %s, weekday, hour_from, hour_to,
               create_uid, create_date, write_uid, write_date
          FROM cobranza_contact_window WHERE policy_id = %s
        """,
        [own, policy],
    )
