from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.types import Debt

HOLDS = [
    ("hold", "On hold"),
    ("no_followup", "Excluded from follow-up"),
    ("blocked", "Payment blocked"),
    ("payment_pending", "Online payment pending"),
    ("archived", "Customer archived"),
    ("not_invoice", "Not an invoice"),
]

# Moves whose positive residual is a customer's debt by itself. Anything else with a
# positive residual (a refund paid out, a bank entry) only absorbs credits.
INVOICES = SQL("('out_invoice', 'out_receipt')")

# A payment without a journal entry leaves the residual of the line as it was, but
# moves the invoice to one of these payment states: read both.
SETTLED = SQL("('paid', 'in_payment', 'reversed')")

# For whom each policy is, worked out once for all lines.
POLICIES = SQL("""
    SELECT id, company_id, sequence,
           EXISTS (SELECT 1 FROM cobranza_policy_partner_rel rel
                    WHERE rel.cobranza_policy_id = policy.id) AS for_partners,
           EXISTS (SELECT 1 FROM account_journal_cobranza_policy_rel rel
                    WHERE rel.cobranza_policy_id = policy.id) AS for_journals
      FROM cobranza_policy policy
     WHERE active
""")

# The company's date, by the clock of the transaction.
TODAY = SQL("(now() AT TIME ZONE COALESCE(company.cobranza_timezone, 'UTC'))::date")


class CobranzaDebt(models.Model):
    """Every open receivable line, with its stage as of the company's date.

    A SQL view: nothing about collection is stored on invoices, so nothing can become
    stale. Lines with a negative amount are credits. `core.debts.stage_of` states the
    same rule in Python; a property test compares both.
    """

    _name = "cobranza.debt"
    _description = "Open Debt"
    _auto = False
    _order = "date_maturity, id"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    amount = fields.Monetary(string="Open Amount", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator=None)
    policy_id = fields.Many2one("cobranza.policy", readonly=True)
    stage_id = fields.Many2one("cobranza.stage", readonly=True)
    hold = fields.Selection(HOLDS, readonly=True)
    is_credit = fields.Boolean(readonly=True)
    is_oldest = fields.Boolean(
        readonly=True, help="The debt that stands for its invoice: its oldest one."
    )

    def init(self):
        """Create or replace the view."""
        self.env.cr.execute(SQL("DROP VIEW IF EXISTS cobranza_debt"))
        self.env.cr.execute(
            SQL("CREATE VIEW cobranza_debt AS (%s)", self._view_query())
        )

    @api.model
    def _view_query(self, day=None):
        """Return the whole view; ``day`` is a date to look at instead of today."""
        return SQL(
            """
        SELECT line.*, stage.id AS stage_id
          FROM (%s) line
     LEFT JOIN cobranza_stage stage
            ON stage.policy_id = line.policy_id
           AND NOT line.is_credit
           AND line.days_overdue >= stage.day_from
           AND (stage.is_last OR line.days_overdue < stage.day_to)
        """,
            self._lines_query(SQL("%s::date", day) if day else TODAY),
        )

    @api.model
    def _source(self, day):
        """Return what the view says on a day.

        A date that is told costs half as much as one worked out for each line.
        """
        return SQL("(%s) AS cobranza_debt", self._view_query(day))

    @api.model
    def _lines_query(self, day):
        """Return the open receivable lines, with their policy and hold."""
        return SQL(
            """
          WITH policies AS MATERIALIZED (%(policies)s)
        SELECT aml.id,
               aml.move_id,
               aml.company_id,
               aml.partner_id,
               aml.currency_id,
               COALESCE(aml.date_maturity, aml.date) AS date_maturity,
               aml.amount_residual_currency AS amount,
               aml.amount_residual_currency < 0 AS is_credit,
               move.name AS move_name,
               %(day)s - COALESCE(aml.date_maturity, aml.date) AS days_overdue,
               policy.id AS policy_id,
               %(hold)s AS hold,
               %(is_oldest)s AS is_oldest
          FROM account_move_line aml
          JOIN account_move move ON move.id = aml.move_id
          JOIN account_account account ON account.id = aml.account_id
          JOIN res_company company ON company.id = aml.company_id
     LEFT JOIN LATERAL (%(policy)s) policy ON TRUE
         WHERE aml.parent_state = 'posted'
           AND aml.reconciled IS NOT TRUE
           AND aml.amount_residual_currency <> 0
           AND aml.partner_id IS NOT NULL
           AND account.account_type = 'asset_receivable'
           AND account.non_trade IS NOT TRUE
           AND NOT (move.move_type IN %(invoices)s
                    AND move.payment_state IN %(settled)s)
        """,
            day=day,
            hold=self._hold_sql(day),
            is_oldest=self._is_oldest_sql(),
            policies=POLICIES,
            policy=self._policy_sql(),
            invoices=INVOICES,
            settled=SETTLED,
        )

    @api.model
    def _policy_sql(self):
        """Return the choice of the policy: the most specific one, then by order."""
        return SQL("""
        SELECT candidate.id
          FROM policies candidate
         WHERE (candidate.company_id IS NULL
                OR candidate.company_id = aml.company_id
                OR candidate.company_id
                   = split_part(company.parent_path, '/', 1)::int)
           AND (NOT candidate.for_partners
                OR EXISTS (SELECT 1 FROM cobranza_policy_partner_rel rel
                            WHERE rel.cobranza_policy_id = candidate.id
                              AND rel.res_partner_id = aml.partner_id))
           AND (NOT candidate.for_journals
                OR EXISTS (SELECT 1 FROM account_journal_cobranza_policy_rel rel
                            WHERE rel.cobranza_policy_id = candidate.id
                              AND rel.account_journal_id = aml.journal_id))
      ORDER BY candidate.for_partners DESC,
               candidate.for_journals DESC,
               (candidate.company_id = aml.company_id) IS TRUE DESC,
               candidate.company_id NULLS LAST,
               candidate.sequence,
               candidate.id
         LIMIT 1
        """)

    @api.model
    def _is_oldest_sql(self):
        """Return whether no other open debt of the invoice fell due before."""
        return SQL("""
        aml.amount_residual_currency > 0 AND NOT EXISTS (
            SELECT 1
              FROM account_move_line older
              JOIN account_account older_account
                ON older_account.id = older.account_id
             WHERE older.move_id = aml.move_id
               AND older.reconciled IS NOT TRUE
               AND older.amount_residual_currency > 0
               AND older_account.account_type = 'asset_receivable'
               AND older_account.non_trade IS NOT TRUE
               AND (COALESCE(older.date_maturity, older.date), older.id)
                   < (COALESCE(aml.date_maturity, aml.date), aml.id)
        )
        """)

    @api.model
    def _hold_sql(self, day):
        """Return the reason why a line is not chased, NULL when it is."""
        holds = SQL(
            "hold.active AND hold.company_id = aml.company_id "
            "AND (hold.date_from IS NULL OR hold.date_from <= %(day)s) "
            "AND (hold.date_to IS NULL OR hold.date_to >= %(day)s)",
            day=day,
        )
        return SQL(
            """
        CASE
            -- Two questions: one with OR would read all holds for each line.
            WHEN EXISTS (
                SELECT 1 FROM cobranza_hold hold
                 WHERE hold.move_id = aml.move_id AND %(holds)s
            ) OR EXISTS (
                SELECT 1 FROM cobranza_hold hold
                 WHERE hold.partner_id = aml.partner_id AND %(holds)s
            ) THEN 'hold'
            WHEN aml.no_followup THEN 'no_followup'
            WHEN move.payment_state = 'blocked' THEN 'blocked'
            WHEN EXISTS (
                SELECT 1
                  FROM account_invoice_transaction_rel rel
                  JOIN payment_transaction tx ON tx.id = rel.transaction_id
                 WHERE rel.invoice_id = aml.move_id
                   AND (tx.state IN ('pending', 'authorized')
                        -- Paid, and Odoo has not booked it yet.
                        OR tx.state = 'done' AND tx.is_post_processed IS NOT TRUE)
            ) THEN 'payment_pending'
            WHEN NOT (SELECT customer.active FROM res_partner customer
                       WHERE customer.id = aml.partner_id) THEN 'archived'
            WHEN move.move_type NOT IN %(invoices)s
             AND move.journal_id NOT IN (
                SELECT id FROM account_journal WHERE type IN ('general', 'sale')
            ) THEN 'not_invoice'
        END
        """,
            holds=holds,
            invoices=INVOICES,
        )

    @api.model
    def _cobranza_flush(self):
        """Write pending changes of everything that the view reads."""
        for name in (
            "account.move",
            "account.move.line",
            "cobranza.hold",
            "cobranza.policy",
            "cobranza.stage",
            "payment.transaction",
            "res.company",
            "res.partner",
        ):
            self.env[name].flush_model()

    @api.model
    def _cobranza_read(self, query):
        """Return the rows of a query about debts, as they stand in memory too."""
        self._cobranza_flush()
        # Compiling such a query takes PostgreSQL seconds, running it milliseconds.
        self.env.cr.execute("SET LOCAL jit = off")
        return self.env.execute_query(query)

    @api.model
    def _cobranza_customers(self, company, partner_ids, day=None):
        """Read the open lines of customers in one query.

        ``day`` looks at holds as of another date than the company's.

        Returns {(partner_id, currency_id): (policy_id, [core Debt])}; the policy is
        that of the oldest debt. Amounts are Decimals rounded to the currency.
        """
        rows = self._cobranza_read(
            SQL(
                """
                SELECT partner_id, currency_id, policy_id, move_id, date_maturity,
                       amount, move_name, COALESCE(hold, ''), is_credit
                  FROM (%s) AS line
                 WHERE company_id = %s AND partner_id = ANY(%s)
              ORDER BY is_credit, date_maturity, id
                """,
                self._lines_query(SQL("%s::date", day or company._cobranza_today())),
                company.id,
                list(partner_ids),
            )
        )
        debts, policies = defaultdict(list), {}
        for partner_id, currency_id, policy_id, *values, is_credit in rows:
            key = (partner_id, currency_id)
            move_id, date_maturity, amount, number, hold = values
            # Odoo reads numeric columns as float; its shortest form is the amount.
            debts[key].append(
                Debt(move_id, date_maturity, Decimal(str(amount)), number or "", hold)
            )
            if not is_credit:
                policies.setdefault(key, policy_id)
        self._cobranza_hold_pending(debts)
        return {key: (policies.get(key), lines) for key, lines in debts.items()}

    @api.model
    def _cobranza_hold_pending(self, debts):
        """Hold invoices whose legal e-document is still to come.

        Whether one is needed is known to Odoo's modules in Python, not to the view.
        """
        open_debts = [d for lines in debts.values() for d in lines if not d.hold]
        # sudo: planning looks at the invoices of all users.
        moves = self.env["account.move"].sudo().browse({d.move_id for d in open_debts})
        pending = set(self.env["account.move.send"]._cobranza_legal_pending(moves).ids)
        for key, lines in debts.items() if pending else ():
            debts[key] = [
                replace(line, hold="legal_pending")
                if line.move_id in pending and line.amount > 0 and not line.hold
                else line
                for line in lines
            ]

    @api.model
    def _cobranza_due_partner_ids(self, company, day=None, also_held=False):
        """Return the customers of a company who have a debt inside some stage.

        ``day`` is a date to look at instead of today; ``also_held`` counts debts too
        that are not chased.
        """
        rows = self._cobranza_read(
            SQL(
                """
                SELECT DISTINCT partner_id
                  FROM %s
                 WHERE company_id = %s AND stage_id IS NOT NULL
                   AND (%s OR hold IS NULL)
              ORDER BY partner_id
                """,
                self._source(day or company._cobranza_today()),
                company.id,
                also_held,
            )
        )
        return [partner_id for [partner_id] in rows]
