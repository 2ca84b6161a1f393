import re
import time
from collections import defaultdict, deque

from werkzeug.exceptions import NotFound, TooManyRequests

from odoo import fields, http
from odoo.http import content_disposition, request

from ..models.cobranza_link import SAMPLE

# Programs that open links to draw a preview; they are not the customer.
PREVIEWS = re.compile(
    r"bot|preview|facebookexternalhit|WhatsApp/|Twitter|Slack|Telegram|Skype|curl",
    re.IGNORECASE,
)
MISSES_PER_MINUTE = 20
PAGE_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
]


def _filename(move):
    """Return the name of an invoice's file, as it can stand in an address."""
    return re.sub(r"[^\w.-]+", "-", move.name) + ".pdf"


class Misses:
    """Wrong tokens by address, in this process: guessing is stopped, not counted."""

    def __init__(self):
        self._moments = defaultdict(deque)

    def refuse(self, address):
        """Return whether the address guessed too often within the last minute."""
        moments = self._moments[address]
        while moments and moments[0] < time.monotonic() - 60:
            moments.popleft()
        return len(moments) >= MISSES_PER_MINUTE

    def note(self, address):
        """Remember one wrong token; forget everything before it grows too large."""
        if len(self._moments) > 10_000:
            self._moments.clear()
        self._moments[address].append(time.monotonic())


misses = Misses()


class CobranzaPage(http.Controller):
    """What the links in messages open: the customer's own invoices, nothing else."""

    @http.route("/c/<string:token>", type="http", auth="public", save_session=False)
    def page(self, token, **_query):
        """Show the invoices of one message, with their PDF and a way to pay."""
        link = self._link(token)
        agent = request.httprequest.headers.get("User-Agent", "")
        if request.httprequest.method == "GET" and not PREVIEWS.search(agent):
            link.write(
                {"clicks": link.clicks + 1, "last_click_at": fields.Datetime.now()}
            )
        message = link.message_id
        lang = message._cobranza_addressee().lang or message.company_id.partner_id.lang
        # A guarantor sees what is owed, not the papers of the debtor.
        is_debtor = not message.guarantor_id
        moves = message.with_context(lang=lang).move_ids
        moves = moves.filtered(lambda m: m.state == "posted").sorted("invoice_date_due")
        response = (
            request.env["ir.qweb"]
            .sudo()
            .with_context(lang=lang)
            ._render(
                "cobranza_whatsapp.page",
                {
                    "message": message,
                    "company": message.company_id,
                    "moves": moves,
                    "pay_urls": {
                        move.id: self._pay_url(move) for move in moves if is_debtor
                    },
                    "original_urls": is_debtor and self._original_urls(token, moves),
                    "unsubscribe_url": f"/c/{token}/unsubscribe",
                    "preferences_url": f"/c/{token}/preferences",
                    "pdf_url": message.document_id
                    and f"/cobranza/pdf/{token}/{message._cobranza_filename()}",
                },
            )
        )
        return request.make_response(response, PAGE_HEADERS)

    @http.route(
        "/c/<string:token>/unsubscribe",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
    )
    def unsubscribe(self, token, **_fields):
        """End the messages of one link: GET asks, POST does it (RFC 8058).

        Programs that open links must not unsubscribe anybody. Without a CSRF token:
        mail programs post from elsewhere, and the token in the path is the permission.
        """
        message = self._link(token).message_id
        done = request.httprequest.method == "POST"
        if done:
            message._cobranza_unsubscribe()
        lang = message._cobranza_addressee().lang or message.company_id.partner_id.lang
        content = (
            request.env["ir.qweb"]
            .sudo()
            .with_context(lang=lang)
            ._render(
                "cobranza_whatsapp.unsubscribe_page",
                {
                    "message": message,
                    "company": message.company_id,
                    "done": done,
                    "back_url": f"/c/{token}",
                },
            )
        )
        return request.make_response(content, PAGE_HEADERS)

    @http.route(
        "/cobranza/pdf/<string:token>/<string:filename>",
        type="http",
        auth="public",
        save_session=False,
    )
    def pdf(self, token, filename, **_query):
        """Serve the one PDF of a message, or the sample; always exactly one file."""
        if not filename.endswith(".pdf"):
            raise NotFound
        if token == SAMPLE:
            # sudo: the sample names nobody; those who review templates open it.
            version = request.env["cobranza.template.version"].sudo()
            content = version._cobranza_sample_pdf()
        else:
            content = self._link(token).message_id.document_id.raw
        return self._file(content, filename)

    @http.route(
        "/cobranza/pdf/<string:token>/<int:move_id>/<string:filename>",
        type="http",
        auth="public",
        save_session=False,
    )
    def original(self, token, move_id, filename, **_query):
        """Serve the original of one of a message's invoices, as it was printed."""
        message = self._link(token).message_id
        if message.guarantor_id:
            raise NotFound
        moves = message.move_ids
        own = moves.filtered(lambda m: m.id == move_id and m.state == "posted")
        return self._file(own.invoice_pdf_report_id.raw, filename)

    def _original_urls(self, token, moves):
        """Return {move id: address of its PDF} where a message has several."""
        if len(moves) < 2:
            return {}
        return {
            move.id: f"/cobranza/pdf/{token}/{move.id}/{_filename(move)}"
            for move in moves
            if move.invoice_pdf_report_id
        }

    def _file(self, content, filename):
        if not content:
            raise NotFound
        disposition = content_disposition(filename, "inline")
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", disposition),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Robots-Tag", "noindex"),
            ],
        )

    def _link(self, token):
        address = request.httprequest.remote_addr
        if misses.refuse(address):
            raise TooManyRequests
        # sudo: the token is the permission; it opens this one message's invoices.
        Link = request.env["cobranza.link"].sudo()
        link = token.isalnum() and Link._cobranza_open(token)
        if not link:
            misses.note(address)
            raise NotFound
        return link

    def _pay_url(self, move):
        """Return where the customer pays this invoice online, "" if he cannot."""
        if not move._has_to_be_paid():
            return ""
        # A new access token is no change of the invoice: spare it the bookkeeping.
        move = move.with_context(
            skip_is_manually_modified=True,
            skip_invoice_sync=True,
            check_move_validity=False,
        )
        return move.get_portal_url(anchor="portal_pay")
