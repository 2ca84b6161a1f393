"""Set up the test database: the demonstration, and more customers for the stories.

Runs inside an Odoo shell, before the server starts. After it nothing is written
except by the user interface, the cron workers and the webhooks.
"""

import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import accounts
import people

DEMO = Path(__file__).resolve().parents[2] / "demo" / "load_demo.py"
# So that the daily limit is not what keeps a second reminder from going out.
MESSAGES_PER_DAY = 5
AMOUNT = 1250.5


def main(env):
    """Create everything and commit."""
    demo = SimpleNamespace(**runpy.run_path(str(DEMO), init_globals={"env": env}))
    company = env.ref("base.main_company")
    partners = {one: add_customer(demo, company, one) for one in people.CUSTOMERS}
    for policy in people.POLICIES:
        add_policy(env, policy, [partners[one].id for one in policy.customers])
    demo.set_up_templates()
    prepare_failures(demo)
    accounts.add(demo, company)
    company.cobranza_contact = people.CONTACT
    # Looks the company up in the internet when somebody logs in.
    company.iap_enrich_auto_done = True
    env["cobranza.contact.policy"].search([("company_id", "=", company.id)]).write(
        {"max_per_day": MESSAGES_PER_DAY}
    )
    print_with_a_font_of_the_system(env, company)
    plan_only_when_asked(env)
    env.cr.commit()


def add_customer(demo, company, customer):
    """Create a customer with consent and overdue invoices; return the partner."""
    partner = demo.make_customer(
        customer.last_digits, customer.name, customer.telephone
    )
    demo.give_consent(partner, customer.channels)
    for _number in range(customer.invoices):
        demo.make_invoice(company, partner, customer.days_overdue, AMOUNT)
    return partner


def add_policy(env, policy, partner_ids):
    """Create a policy for some customers, with the early stage's texts throughout."""
    created = env["cobranza.policy"].create(
        {
            "name": policy.name,
            "partner_ids": [(6, 0, partner_ids)],
            "stage_ids": [
                (0, 0, {"name": f"Desde {day} días", "day_from": day, "kind": "early"})
                for day in policy.days
            ],
        }
    )
    early = env.ref("cobranza_whatsapp.cobranza_stage_early")
    for stage in created.stage_ids:
        for template in early.template_ids.filtered(lambda t: t.shape == "one"):
            template.copy({"stage_id": stage.id, "name": template.name})


def prepare_failures(demo):
    """Take WhatsApp from one customer's phone; let Meta refuse two others' first."""
    demo.emulator(f"phones/{people.WITHOUT_WHATSAPP.number}", {"on_whatsapp": False})
    error = {"message": "(#100) Invalid parameter", "type": "OAuthException"}
    for customer in (people.REFUSED_ONCE, people.REFUSED_TOO):
        demo.emulator(
            "faults",
            {
                "kind": "http",
                "provider": "meta",
                "operation": "messages",
                "match": {"recipient": customer.number},
                "status": 400,
                "json": {"error": {**error, "code": 100}},
            },
        )


def print_with_a_font_of_the_system(env, company):
    """Let the PDF hold text that a test can read.

    Debian's wkhtmltopdf draws the web fonts of Odoo's reports as outlines.
    """
    env["ir.ui.view"].create(
        {
            "name": "e2e: font of the reports",
            "type": "qweb",
            "inherit_id": env.ref("web.styles_company_report").id,
            "arch": """
                <xpath expr="//t[@t-set='font']" position="attributes">
                    <attribute name="t-value">'DejaVu Sans'</attribute>
                </xpath>
            """,
        }
    )
    company._update_asset_style()


def plan_only_when_asked(env):
    """Keep the hourly plan from running by itself: stories see before and after.

    The other scheduled actions keep their times and triggers.
    """
    plan = env.ref("cobranza_whatsapp.ir_cron_plan")
    plan.nextcall = plan.nextcall + timedelta(days=1)
