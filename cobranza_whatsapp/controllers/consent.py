from werkzeug.exceptions import NotFound, TooManyRequests

from odoo import fields, http
from odoo.http import request

from .page import PAGE_HEADERS, CobranzaPage, Misses, misses

# Answers by address: nobody needs more in a minute.
answers = Misses()


class CobranzaConsentPage(CobranzaPage):
    """Where a customer allows and withdraws messages, without a login.

    Opening a page never changes anything: programs open links too.
    """

    @http.route(
        "/cobranza/consent/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
    )
    def consent(self, token, **form):
        """Ask for the consent that a request is about; record the answer."""
        found = self._request(token)
        customer, company = found.partner_id, found.company_id
        offered = {offer.channel: offer.number for offer in found.offer_ids}
        return self._answer_page(
            customer,
            company,
            found.purpose,
            offered,
            form,
            lambda: found.write({"answered_at": fields.Datetime.now()}),
        )

    @http.route(
        "/c/<string:token>/preferences",
        type="http",
        auth="public",
        methods=["GET", "POST"],
    )
    def preferences(self, token, **form):
        """Let the customer of one message choose how he is reminded."""
        message = self._link(token).message_id
        customer, company = message._cobranza_addressee(), message.company_id
        own = customer._cobranza_own_recipients() if message.guarantor_id else None
        consents = request.env["cobranza.consent"].sudo()
        offered = consents._cobranza_offered(customer, own)
        # The link went to this address: it proves nothing about another of the kind.
        offered = {
            channel: number
            for channel, number in offered.items()
            if number == message.recipient
        }
        return self._answer_page(
            customer, company, "collection", offered, form, lambda: None, f"/c/{token}"
        )

    def _request(self, token):
        address = request.httprequest.remote_addr
        if misses.refuse(address):
            raise TooManyRequests
        # sudo: the token is the permission; it opens this one request.
        requests = request.env["cobranza.consent.request"].sudo()
        found = token.isalnum() and requests._cobranza_open(token)
        if not found:
            misses.note(address)
            raise NotFound
        return found

    def _answer_page(
        self, customer, company, purpose, offered, form, done, back_url=""
    ):
        lang = customer.lang or company.partner_id.lang
        consents = request.env["cobranza.consent"].sudo().with_context(lang=lang)
        saved = request.httprequest.method == "POST"
        if saved:
            self._record(consents, customer, company, purpose, offered, form)
            done()
        choices = consents._cobranza_choices(customer, company, purpose, offered)
        content = (
            request.env["ir.qweb"]
            .sudo()
            .with_context(lang=lang)
            ._render(
                "cobranza_whatsapp.consent_page",
                {
                    "company": company,
                    "purpose": purpose,
                    "choices": choices,
                    "saved": saved,
                    "back_url": back_url,
                    "language": (lang or "es")[:2],
                    "csrf_token": request.csrf_token(),
                },
            )
        )
        return request.make_response(content, PAGE_HEADERS)

    def _record(self, consents, customer, company, purpose, offered, form):
        """Write what the form says; only what the page offered can be answered."""
        address = request.httprequest.remote_addr
        if answers.refuse(address):
            raise TooManyRequests
        answers.note(address)
        agent = request.httprequest.headers.get("User-Agent", "")
        visitor = consents._cobranza_visitor(address, agent)
        if form.get("action") == "refuse_all":
            consents._cobranza_refuse_all(customer, company, offered, visitor)
            return
        choices = consents._cobranza_choices(customer, company, purpose, offered)
        allowed = {channel for channel in offered if form.get(f"allow_{channel}")}
        consents._cobranza_answer(customer, company, purpose, choices, allowed, visitor)
