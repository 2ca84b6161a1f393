import logging

from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.http import request

from ..core.errors import SignatureError
from ..core.types import WebhookRequest

_logger = logging.getLogger(__name__)

# Meta sends at most 3 MB in one webhook (Webhooks, "payload size").
BODY_BYTES_MAX = 3 * 1024 * 1024


class CobranzaWebhook(http.Controller):
    """What providers tell us: verify, store, trigger, 200. Nothing else."""

    @http.route(
        "/cobranza/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def challenge(self, token, **_query):
        """Answer Meta's verification of the address, or take a gateway's report."""
        account = self._account(token)
        provider = account._cobranza_provider()
        if provider.takes_get:
            return self._store(account, provider)
        try:
            challenge = provider.answer_challenge(self._request(account))
        except SignatureError as error:
            raise Forbidden from error
        if challenge is None:
            raise NotFound
        return request.make_response(challenge, [("Content-Type", "text/plain")])

    @http.route(
        "/cobranza/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=BODY_BYTES_MAX,
    )
    def receive(self, token, **_fields):
        """Store the items of a signed webhook; unsigned ones leave no trace."""
        account = self._account(token)
        return self._store(account, account._cobranza_provider())

    def _store(self, account, provider):
        """Store the items of a request that the provider surely sent."""
        received = self._request(account)
        try:
            provider.verify(received)
        except SignatureError as error:
            _logger.warning("Webhook of account %d: bad signature", account.id)
            raise Forbidden from error
        # sudo: events are written by the system; the signature was verified above.
        request.env["cobranza.event"].sudo()._cobranza_ingest(
            account, provider.split(received)
        )
        return request.make_response("", [("Content-Type", "text/plain")])

    def _account(self, token):
        if not token.isprintable():  # PostgreSQL cannot even look for NUL
            raise NotFound
        # sudo: the token in the path names the account; the unique index compares it.
        account = (
            request.env["cobranza.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("webhook_token", "=", token)], limit=1)
        )
        if not token or not account:
            raise NotFound
        return account

    def _request(self, account):
        """Return the request as core sees it: the public address, raw body, fields."""
        incoming = request.httprequest
        query = incoming.query_string.decode("utf-8", "replace")
        url = f"{account._cobranza_public_url()}{incoming.path}"
        form = tuple(incoming.form.items(multi=True))
        return WebhookRequest(
            method=incoming.method,
            url=f"{url}?{query}" if query else url,
            headers={name.lower(): value for name, value in incoming.headers.items()},
            body=b"" if form else incoming.get_data(),
            form=form,
            query=dict(incoming.args.items()),
        )
