"""Official PDFs of invoices that were sent by e-mail before.

Runs inside an Odoo shell: ``env`` is the first argument of each function.
"""

from .sample_pdf import sample_pdf

ADDRESS_PARAMETERS = ("web.base.url", "report.url")


def set_address(env, url):
    """Tell Odoo where it answers: the PDF's style sheets are fetched from there."""
    for name in ADDRESS_PARAMETERS:
        env["ir.config_parameter"].set_param(name, url)
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")


def send_by_email(env, move_id):
    """Send an invoice by e-mail as a user does; its PDF becomes the official one.

    The mail stays in Odoo's queue: nobody is written to.
    """
    move = env["account.move"].browse(move_id)
    sender = env["account.move.send"].with_context(mail_notify_force_send=False)
    sender._generate_and_send_invoices(move, sending_methods=["email"])
    env["mail.mail"].search([]).unlink()
    move.invalidate_recordset()
    return bool(move.is_move_sent and move.invoice_pdf_report_id)


def copy_to(env, move_id, first_id, count):
    """Give copies of an invoice a copy of its official PDF, each a different file."""
    original = env["account.move"].browse(move_id).invoice_pdf_report_id
    original.ensure_one()
    content = original.raw
    env["ir.attachment"].create(
        [
            {
                "name": original.name,
                "raw": content + sample_pdf(number)[-12:],
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": first_id + number,
                "res_field": "invoice_pdf_report_file",
                "company_id": original.company_id.id,
            }
            for number in range(1, count + 1)
        ]
    )
    return count
