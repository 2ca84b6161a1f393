"""Every error code of the providers: what becomes of the message, and what to do next.

The tables are written down from the providers' own lists, apart from those in the code:
Meta's "Error codes" and Twilio's "Error and warning dictionary", seen 2026-11.
"""

from odoo.tests import tagged

from .error_code_case import META, ErrorCodeCase

TWILIO = {
    "retry": (
        (429, "20429 63018"),
        (400, "21611 30001 30003 30008 30017 30450 30453 30485 63119"),
        (500, "30500"),
    ),
    "hold": (
        (401, "20003"),
        (404, "20404"),
        (
            400,
            "21408 21606 21608 21612 30002 30018 30024 30032 30034 30040 63015 63062",
        ),
    ),
    "template": ((400, "30007 63027"),),
    "fix": ((400, "21603 21604 21609 21619 21623 21656 21910 63005 63013 63021"),),
    "dead": ((400, "21211 21265 21266 21614 30004 30005 30006 63003 63024"),),
    "window": ((400, "63016"),),
    "optout": ((400, "21610 63014 63033"),),
    "cap": ((400, "63032 63049"),),
    "media": ((400, "63034 63037"),),
    "uncertain": ((400, "30410"),),
}


@tagged("post_install", "-at_install")
class TestErrorCodes(ErrorCodeCase):
    """Given an answer: the state, the next action and the sentence."""

    # --- the tables -------------------------------------------------------------------

    def test_every_code_of_meta(self):
        self.check_table(self.queued(), META)

    def test_every_code_of_twilio(self):
        message = self.queued(self.make_customer(consent=("sms",)))
        self.assertEqual(message.account_id, self.sms)

        self.check_table(message, TWILIO)

    def test_unknown_codes_are_kept_and_classed_by_their_status(self):
        for channel in ("whatsapp", "sms"):
            message = self.queued(self.make_customer(consent=(channel,)))
            self.check_unknown(message)
            message._cobranza_advance("cancelled", "stopped_by_user")

    def test_lost_media_id_is_uploaded_again(self):
        message = self.queued()
        error = {"message": "(#100) Unknown id", "code": 100, "error_subcode": 33}
        self.fault("http", operation="messages", status=400, json={"error": error})

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("queued", "media"))
        self.check_media(message, None)

    def test_tables_hold_every_code_that_the_code_knows(self):
        providers = {self.whatsapp: META, self.sms: TWILIO}
        for account, table in providers.items():
            known = set(account._cobranza_provider().ERROR_CODES)
            permissions = {str(code) for code in range(200, 300)}
            self.assertEqual(known - self.written(table) - permissions, set())
