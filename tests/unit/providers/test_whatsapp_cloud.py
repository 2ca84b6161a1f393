"""WhatsApp Cloud API: payloads, webhooks, templates and the contract."""

import copy
import dataclasses
import json
from datetime import datetime, timezone

import pytest
import wire
from contract import UUID, WireContract, make_message
from meta_words import WAMID, MetaWords, with_status
from payload_files import (
    load,
    meta_errors,
    meta_path_exists,
    meta_query_names,
    meta_request_errors,
)

from odoo.addons.cobranza_whatsapp.core.errors import ProviderError, SignatureError
from odoo.addons.cobranza_whatsapp.core.providers.base import reach_checks
from odoo.addons.cobranza_whatsapp.core.providers.whatsapp_cloud import WhatsAppCloud
from odoo.addons.cobranza_whatsapp.core.types import (
    Document,
    TemplateCall,
    TemplateDefinition,
    WebhookRequest,
)

# Written down from Meta's list of error codes, apart from the table in the code.
CLASSES = {
    "hold": "0 3 10 200 299 33 104 190 368 131005 131030 131031 131037 131042 131044 "
    "131045 131048 131064 133006 133010 133016",
    "retry": "1 2 4 17 80007 130429 131000 131016 131057",
    "pair": "131056",
    "template": "131063 132000 132001 132007 132015 132016 132068 132069",
    "fix": "100 131008 131009 131051 131052 131062 132005 132008 132012 132018 135000 "
    "137000",
    "dead": "130497 131021 131026",
    "window": "131047 139200",
    "optout": "131050",
    "cap": "130472 131049",
    "media": "131053",
}

CALL = TemplateCall(
    name="cobranza_mora_temprana_v1",
    language="es_MX",
    parameters=(("cliente", "María"), ("saldo", "$1,234.00 MXN")),
    document=Document("FAC-2026-0012.pdf", media_uid="1234567890"),
    button_token="k3J9xToken",
    quick_replies=("PAID:3f1c", "TALK:3f1c"),
)

DEFINITION = TemplateDefinition(
    name="cobranza_mora_temprana_v1",
    language="es_MX",
    body="Hola {{ cliente }}, la factura {{factura}} venció. Gracias, {{ cliente }}.",
    examples={"cliente": "María", "factura": "FAC/2026/0012"},
    footer="Responda BAJA para no recibir recordatorios",
    sample_pdf=b"%PDF-1.4 sample",
    url_label="Ver y pagar",
    url="https://erp.example.com/c/",
    url_example="abc123",
    quick_replies=("Ya pagué", "Hablar con alguien"),
)


def first_value(content):
    return content["entry"][0]["changes"][0]["value"]


class TestWhatsAppCloud(MetaWords, WireContract):
    provider_class = WhatsAppCloud
    credentials = {
        "phone_number_uid": "106540352242922",
        "business_account_uid": "102290129340398",
        "app_uid": "670843887433847",
        "api_token": "EAAGtoken",
        "verify_token": "my-verify-token",
    }

    # --- error table --------------------------------------------------------------

    @pytest.mark.parametrize("error_class", CLASSES)
    def test_error_table_equals_the_written_list(self, error_class):
        table = WhatsAppCloud.ERROR_CODES
        found = {code for code, one in table.items() if one == error_class}
        if error_class == "hold":
            found -= {str(code) for code in range(201, 299)}

        assert found == set(CLASSES[error_class].split())

    def test_missing_file_is_media_only_if_the_message_carried_one(
        self, server, provider
    ):
        error = self.error_body("100")
        error["error"]["error_subcode"] = 33
        server.reply(wire.answer(400, error))

        with_file = provider.send(make_message(template=CALL)).failure
        link = Document("a.pdf", link="https://erp.example.com/a.pdf")
        linked = dataclasses.replace(CALL, document=link)
        with_link = provider.send(make_message(template=linked)).failure
        text = provider.send(make_message()).failure

        assert with_file.error_class == "media"
        assert (with_file.code, with_file.subcode) == ("100", "33")
        assert with_link.error_class == "hold"
        assert text.error_class == "hold"

    def test_unknown_transient_error_may_be_tried_again(self, server, provider):
        error = self.error_body("99999")
        error["error"]["is_transient"] = True
        server.reply(wire.answer(400, error))

        assert provider.send(make_message()).failure.error_class == "retry"

    @pytest.mark.parametrize(
        "drop", ["error_data", "message", "fbtrace_id", "type", "error_subcode"]
    )
    def test_any_part_of_an_error_may_be_missing(self, server, provider, drop):
        error = self.error_body("131026")
        error["error"].pop(drop, None)
        server.reply(wire.answer(400, error))

        assert provider.send(make_message()).failure.error_class == "dead"

    def test_wait_from_the_usage_header_is_in_minutes(self, server, provider):
        usage = {"1022": [{"type": "messaging", "estimated_time_to_regain_access": 3}]}
        headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        server.reply(wire.answer(400, self.error_body("80007"), headers))

        assert provider.send(make_message()).failure.retry_after_seconds == 180

    @pytest.mark.parametrize("value", ["{", "[]", "3", '{"a": [3]}', '{"a": {}}'])
    def test_senseless_usage_header_is_ignored(self, server, provider, value):
        headers = {"X-Business-Use-Case-Usage": value}
        server.reply(wire.answer(400, self.error_body("80007"), headers))

        assert provider.send(make_message()).failure.retry_after_seconds is None

    # --- messages -----------------------------------------------------------------

    def sent(self, server, provider, message):
        result = provider.send(message)
        assert result.status == "uncertain"  # the server answers {}
        [received] = server.requests
        assert received.path == "/v23.0/106540352242922/messages"
        assert received.headers["authorization"] == "Bearer EAAGtoken"
        assert meta_errors("Message", received.json) == []
        return received.json

    def test_template_message(self, server, provider):
        payload = self.sent(server, provider, make_message(template=CALL))

        assert payload == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "525555010123",
            "type": "template",
            "biz_opaque_callback_data": UUID,
            "template": {
                "name": "cobranza_mora_temprana_v1",
                "language": {"code": "es_MX"},
                "components": [
                    {
                        "type": "header",
                        "parameters": [
                            {
                                "type": "document",
                                "document": {
                                    "id": "1234567890",
                                    "filename": "FAC-2026-0012.pdf",
                                },
                            }
                        ],
                    },
                    {
                        "type": "body",
                        "parameters": [
                            {
                                "type": "text",
                                "text": "María",
                                "parameter_name": "cliente",
                            },
                            {
                                "type": "text",
                                "text": "$1,234.00 MXN",
                                "parameter_name": "saldo",
                            },
                        ],
                    },
                    {
                        "type": "button",
                        "sub_type": "url",
                        "index": "0",
                        "parameters": [{"type": "text", "text": "k3J9xToken"}],
                    },
                    {
                        "type": "button",
                        "sub_type": "quick_reply",
                        "index": "1",
                        "parameters": [{"type": "payload", "payload": "PAID:3f1c"}],
                    },
                    {
                        "type": "button",
                        "sub_type": "quick_reply",
                        "index": "2",
                        "parameters": [{"type": "payload", "payload": "TALK:3f1c"}],
                    },
                ],
            },
        }

    def test_bare_template_has_no_components(self, server, provider):
        call = TemplateCall("hola", "es")

        payload = self.sent(server, provider, make_message(template=call))

        assert payload["template"] == {"name": "hola", "language": {"code": "es"}}

    def test_positional_template_names_no_parameters(self, server, provider):
        call = TemplateCall("hola", "es", (("1", "a"), ("2", "b")))

        payload = self.sent(server, provider, make_message(template=call))

        [body] = payload["template"]["components"]
        assert body["parameters"] == [
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
        ]

    def test_document_by_link(self, server, provider):
        document = Document("FAC 1.pdf", link="https://erp.example.com/c/x/FAC.pdf")
        call = TemplateCall("hola", "es", document=document)

        payload = self.sent(server, provider, make_message(template=call))

        [header] = payload["template"]["components"]
        assert header["parameters"][0]["document"] == {
            "link": "https://erp.example.com/c/x/FAC.pdf",
            "filename": "FAC_1.pdf",
        }

    def test_free_text(self, server, provider):
        body = "Gracias.\nQuedó <registrado> 'hoy' 🎉"

        payload = self.sent(server, provider, make_message(body=body))

        assert payload["type"] == "text"
        assert payload["text"] == {"body": body, "preview_url": False}

    def test_description_refuses_a_wrong_message(self, server, provider):
        payload = self.sent(server, provider, make_message(template=CALL))
        for damage in (
            lambda one: one.pop("to"),
            lambda one: one["template"]["components"][0].update(type="HEADER"),
            lambda one: one["template"]["components"][1]["parameters"][0].pop("text"),
            lambda one: one["template"]["language"].pop("code"),
            lambda one: one["template"].pop("name"),
        ):
            wrong = copy.deepcopy(payload)
            damage(wrong)
            assert meta_errors("Message", wrong), damage

    @pytest.mark.parametrize(
        ("text", "sent"),
        [
            ("Ana\nMaría", "Ana María"),
            ("a\t b\r\n  c", "a b c"),
            ("a     b", "a b"),
            ("", "-"),
            (" \n ", "-"),
            ("\u200b\u2060\ufeff", "-"),
            ("Ana\u202e\u2066 Paz\u200d", "Ana Paz"),
            ("1\xa0234,00", "1 234,00"),
            ('O\'Neil "&" <b>🎉</b>', 'O\'Neil "&" <b>🎉</b>'),
            ("x\0y\ud800z", "xyz"),
        ],
    )
    def test_parameters_obey_metas_rules(self, server, provider, text, sent):
        call = TemplateCall("hola", "es", (("cliente", text),))

        payload = self.sent(server, provider, make_message(template=call))

        [body] = payload["template"]["components"]
        assert body["parameters"][0]["text"] == sent

    def test_too_long_a_body_is_not_offered(self, server, provider):
        too_long = (
            make_message(body="x" * 4097),
            make_message(body="x" * 1025, template=CALL),
            make_message(
                template=TemplateCall(
                    "hola", "es", (("a", "x" * 600), ("b", "y" * 600))
                )
            ),
        )

        results = [provider.send(message) for message in too_long]

        assert {one.failure.code for one in results} == {"body_too_long"}
        assert {one.failure.error_class for one in results} == {"fix"}
        assert server.requests == []

    def test_wrong_api_version_falls_back(self, server):
        provider = self.make(base_url=server.url + "/", api_version="../evil")
        provider.send(make_message())
        provider = self.make(base_url=server.url, api_version="v25.0")
        provider.send(make_message())

        versions = [one.path.split("/")[1] for one in server.requests]
        assert versions == ["v23.0", "v25.0"]

    # --- media --------------------------------------------------------------------

    def test_upload_sends_three_parts(self, server, provider):
        server.reply(wire.answer(200, {"id": "1234567890"}))

        uid = provider.upload_media(b"%PDF-1.4 \xff", "FAC/2026/0012 ñ.pdf")

        [received] = server.requests
        assert uid == "1234567890"
        assert received.path == "/v23.0/106540352242922/media"
        assert received.headers["content-type"].startswith("multipart/form-data")
        assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in received.body
        assert b'name="type"\r\n\r\napplication/pdf\r\n' in received.body
        assert b'name="file"; filename="FAC_2026_0012_n.pdf"' in received.body
        assert (
            b"Content-Type: application/pdf\r\n\r\n%PDF-1.4 \xff\r\n" in received.body
        )

    @pytest.mark.parametrize(
        ("behaviour", "error_class", "code"),
        [
            (wire.answer(500, b"oops"), "retry", "not_json"),
            (wire.answer(200, {}), "retry", "unexpected_answer"),
            (wire.answer(200, {"id": 7}), "retry", "unexpected_answer"),
            (wire.reset, "retry", "reset"),
            (wire.answer(400, {"error": {"code": 190}}), "hold", "190"),
            (
                wire.answer(400, {"error": {"code": 100, "error_subcode": 33}}),
                "hold",
                "100",
            ),
        ],
    )
    def test_upload_fails_with_a_class(
        self, server, provider, behaviour, error_class, code
    ):
        server.reply(behaviour)

        with pytest.raises(ProviderError) as caught:
            provider.upload_media(b"%PDF", "a.pdf")

        failure = caught.value.failure
        assert (failure.error_class, failure.code) == (error_class, code)

    # --- signature and handshake --------------------------------------------------

    def test_published_signature_vector(self):
        body = (
            rb'{"object":"whatsapp_business_account","entry":[{"id":"0","changes":'
            rb'[{"field":"messages","value":{"messaging_product":"whatsapp","contacts":'
            rb'[{"profile":{"name":"Mar\u00eda"},"wa_id":"5215512345678"}]}}]}]}'
        )
        digest = "c91db012c6730a393175a1e6333c57673eb77bef7e3dac196adf4687cab9a4e2"
        headers = {"x-hub-signature-256": f"sha256={digest}"}
        request = WebhookRequest("POST", "https://x.example.com", headers, body)
        provider = self.make(signing_secret="s3cr3t")

        provider.verify(request)
        rewritten = json.dumps(json.loads(body), ensure_ascii=False).encode()
        with pytest.raises(SignatureError):
            provider.verify(dataclasses.replace(request, body=rewritten))

    def challenge(self, **query):
        names = {"mode": "subscribe", "verify_token": "my-verify-token"}
        names |= {"challenge": "1158201444"} | query
        return WebhookRequest(
            method="GET",
            url="https://erp.example.com/cobranza/webhook/tok",
            headers={},
            query={f"hub.{name}": value for name, value in names.items()},
        )

    def test_answers_the_handshake(self):
        assert self.make().answer_challenge(self.challenge()) == "1158201444"

    @pytest.mark.parametrize(
        "query",
        [
            {"verify_token": "wrong"},
            {"verify_token": ""},
            {"verify_token": "ñ\udce9"},
            {"mode": "unsubscribe"},
        ],
    )
    def test_refuses_a_wrong_handshake(self, query):
        with pytest.raises(SignatureError):
            self.make().answer_challenge(self.challenge(**query))

    def test_refuses_every_handshake_without_a_verify_token(self):
        with pytest.raises(SignatureError):
            self.make(verify_token="").answer_challenge(self.challenge(verify_token=""))

    # --- webhooks -----------------------------------------------------------------

    @pytest.mark.parametrize(
        "name", ["status_sent", "status_delivered", "status_read", "status_failed"]
    )
    def test_payload_files_are_real_webhooks(self, name):
        assert meta_errors("WebhookPayload", load(f"whatsapp_cloud/{name}")) == []

    @pytest.mark.parametrize(("word", "state"), list(WhatsAppCloud.STATUSES.items()))
    def test_every_status_has_a_state(self, word, state):
        [event] = self.read(with_status(word))

        assert event.state == state

    def test_status_in_full(self):
        [event] = self.read(load("whatsapp_cloud/status_delivered"))

        assert event.provider_message_uid == WAMID
        assert event.occurred_at_utc == datetime(
            2025, 11, 23, 12, 14, 35, tzinfo=timezone.utc
        )
        assert event.pricing_category == "utility"
        assert event.failure is None

    def test_failed_status_says_why_without_the_number(self):
        [event] = self.read(load("whatsapp_cloud/status_failed"))

        assert event.state == "failed"
        assert event.failure.error_class == "dead"
        assert event.failure.code == "131026"
        assert "undeliverable" in event.failure.detail
        assert "5215555010123" not in event.failure.detail

    @pytest.mark.parametrize(
        "errors", [[], None, "x", [3], [{}], [{"code": None}], [{"error_data": 1}]]
    )
    def test_failed_status_without_a_usable_error(self, errors):
        [event] = self.read(with_status("failed", errors=errors))

        assert event.failure.error_class == "fix"

    @pytest.mark.parametrize("value", [None, "", "soon", "9" * 30, [], {}, -(10**20)])
    def test_senseless_time_is_no_time(self, value):
        [event] = self.read(with_status("sent", timestamp=value))

        assert event.occurred_at_utc is None

    def test_text(self):
        [event] = self.read(load("whatsapp_cloud/message_text"))

        assert event.sender == "+5215555010123"
        assert event.channel == "whatsapp"
        assert event.text == "BAJA, por favor 🙏"
        assert event.sender_name == "María Robles"
        assert event.media_kind == ""

    @pytest.mark.parametrize(
        ("name", "text", "payload"),
        [
            ("message_button", "Ya pagué", "PAID:3f1c9a52"),
            ("message_interactive", "Pago el viernes", "PROMISE:3f1c9a52"),
        ],
    )
    def test_buttons(self, name, text, payload):
        [event] = self.read(load(f"whatsapp_cloud/{name}"))

        assert (event.text, event.button_payload) == (text, payload)
        assert event.context_uid == WAMID
        assert event.media_kind == ""

    def test_document(self):
        [event] = self.read(load("whatsapp_cloud/message_document"))

        assert event.media_kind == "document"
        assert event.text == "Comprobante de la transferencia"

    def test_system_message(self):
        [event] = self.read(load("whatsapp_cloud/message_system"))

        assert event.media_kind == "system"
        assert event.sender_name == ""

    def test_sender_without_a_number(self):
        content = load("whatsapp_cloud/message_text")
        message = first_value(content)["messages"][0]
        del message["from"]
        message["from_user_id"] = "MX.1029384756"

        [event] = self.read(content)

        assert event.sender == ""

    @pytest.mark.parametrize(
        "kind", ["image", "button", "interactive", "reaction", "hologram", "text"]
    )
    @pytest.mark.parametrize("part", [None, "x", [], {"button_reply": 3}])
    def test_message_of_any_shape_is_readable(self, kind, part):
        content = load("whatsapp_cloud/message_text")
        first_value(content)["messages"][0].update({"type": kind, kind: part})

        [event] = self.read(content)

        assert event.text == ""

    def test_nul_and_lone_surrogates_do_not_reach_the_database(self):
        content = load("whatsapp_cloud/message_text")
        first_value(content)["messages"][0]["text"]["body"] = "a\0b\ud83dc"

        [event] = self.read(content)

        assert event.text == "abc"

    def test_batch_is_cut_into_its_items(self):
        content = load("whatsapp_cloud/batch")

        items = self.make().split(self.signed(content, self.secret))

        assert [item.key.split(":")[0] for item in items] == [
            "status",
            "status",
            "message",
            "field",
        ]
        assert len({item.key for item in items}) == 4
        assert {item.payload.get("phone_number_uid") for item in items[:3]} == {
            "106540352242922"
        }

    def test_one_bad_part_does_not_hide_the_others(self):
        content = load("whatsapp_cloud/batch")
        content["entry"].insert(1, 3)
        first_value(content)["statuses"].insert(0, {"status": "sent"})

        items = self.make().split(self.signed(content, self.secret))

        assert [bool(item.malformed) for item in items] == [
            True,
            False,
            False,
            True,
            False,
            False,
        ]

    def test_paused_twice_is_two_events(self):
        first = load("whatsapp_cloud/template_status_update")
        second = copy.deepcopy(first)
        second["entry"][0]["time"] += 3600
        provider = self.make()

        keys = [
            provider.split(self.signed(one, self.secret))[0].key
            for one in (first, first, second)
        ]

        assert keys[0] == keys[1] != keys[2]

    def test_template_news(self):
        [paused] = self.read(load("whatsapp_cloud/template_status_update"))
        [moved] = self.read(load("whatsapp_cloud/template_category_update"))

        self.assert_account_news(
            paused,
            topic="message_template_status_update",
            template_name="cobranza_mora_temprana_v1",
            template_language="es_MX",
            template_uid="594425479261596",
            status="PAUSED",
            category="UTILITY",
        )
        assert "FIRST_PAUSE" in paused.detail
        self.assert_account_news(
            moved, topic="template_category_update", category="MARKETING"
        )

    def test_rejection_reason_is_the_detail(self):
        content = load("whatsapp_cloud/template_status_update")
        value = first_value(content)
        value.update(event="REJECTED", reason="INVALID_FORMAT")
        del value["other_info"]

        [event] = self.read(content)

        assert (event.status, event.detail) == ("REJECTED", "INVALID_FORMAT")

    def test_marketing_preference(self):
        [event] = self.read(load("whatsapp_cloud/user_preferences"))

        self.assert_account_news(
            event,
            topic="user_preferences",
            status="stop",
            category="marketing_messages",
            detail="+5215555010123",
        )

    def test_news_of_the_number_and_unknown_fields(self):
        [quality] = self.read(load("whatsapp_cloud/phone_number_quality_update"))
        content = load("whatsapp_cloud/phone_number_quality_update")
        content["entry"][0]["changes"][0]["field"] = "brand_new_field"
        [unknown] = self.read(content)

        assert (quality.topic, quality.status) == (
            "phone_number_quality_update",
            "DOWNGRADE",
        )
        assert "TIER_2K" in quality.detail
        assert unknown.topic == "brand_new_field"

    def test_errors_of_the_account(self):
        content = load("whatsapp_cloud/status_sent")
        value = first_value(content)
        del value["statuses"]
        value["errors"] = [{"code": 130429, "title": "Rate limit hit"}]

        [event] = self.read(content)

        self.assert_account_news(
            event, topic="errors", status="130429", detail="Rate limit hit"
        )

    # --- templates ----------------------------------------------------------------

    def test_creates_a_template_with_its_sample(self, server, provider):
        server.reply(
            wire.answer(200, {"id": "upload:MTphd?sig=ARZq"}),
            wire.answer(200, {"h": "4::YXBw"}),
            wire.answer(
                200,
                {"id": "594425479261596", "status": "PENDING", "category": "UTILITY"},
            ),
        )

        status = provider.create_template(DEFINITION)

        session, upload, creation = server.requests
        assert session.path == "/v23.0/670843887433847/uploads"
        assert session.query == {
            "file_length": "15",
            "file_type": "application/pdf",
            "file_name": "sample.pdf",
        }
        assert upload.target == "/v23.0/upload:MTphd?sig=ARZq"
        assert upload.headers["file_offset"] == "0"
        assert upload.body == b"%PDF-1.4 sample"
        assert creation.path == "/v23.0/102290129340398/message_templates"
        self.assert_full_definition(creation.json)
        assert status.uid == "594425479261596"
        assert (status.name, status.status) == (DEFINITION.name, "PENDING")

    def assert_full_definition(self, payload):
        path = "{WABA-ID}/message_templates"
        assert meta_request_errors(path, "post", payload) == []
        assert payload == {
            "name": "cobranza_mora_temprana_v1",
            "language": "es_MX",
            "category": "UTILITY",
            "parameter_format": "NAMED",
            "message_send_ttl_seconds": 43200,
            "components": [
                {
                    "type": "HEADER",
                    "format": "DOCUMENT",
                    "example": {"header_handle": ["4::YXBw"]},
                },
                {
                    "type": "BODY",
                    "text": "Hola {{cliente}}, la factura {{factura}} venció. "
                    "Gracias, {{cliente}}.",
                    "example": {
                        "body_text_named_params": [
                            {"param_name": "cliente", "example": "María"},
                            {"param_name": "factura", "example": "FAC/2026/0012"},
                        ]
                    },
                },
                {
                    "type": "FOOTER",
                    "text": "Responda BAJA para no recibir recordatorios",
                },
                {
                    "type": "BUTTONS",
                    "buttons": [
                        {
                            "type": "URL",
                            "text": "Ver y pagar",
                            "url": "https://erp.example.com/c/{{1}}",
                            "example": ["https://erp.example.com/c/abc123"],
                        },
                        {"type": "QUICK_REPLY", "text": "Ya pagué"},
                        {"type": "QUICK_REPLY", "text": "Hablar con alguien"},
                    ],
                },
            ],
        }

    def test_refused_template_says_why(self, server, provider):
        error = {"error": {"code": 100, "message": "Invalid parameter"}}
        error["error"]["error_user_msg"] = "The body starts with a variable."
        server.reply(wire.answer(400, error))
        plain = dataclasses.replace(DEFINITION, sample_pdf=b"")

        with pytest.raises(ProviderError) as caught:
            provider.create_template(plain)

        assert caught.value.failure.error_class == "fix"
        assert "starts with a variable" in caught.value.failure.detail

    @pytest.mark.parametrize(
        "uid", ["", "https://evil.example.com/", "upload:a b", None]
    )
    def test_senseless_upload_session_is_not_followed(self, server, provider, uid):
        server.reply(wire.answer(200, {"id": uid}))

        with pytest.raises(ProviderError):
            provider.create_template(DEFINITION)

        assert len(server.requests) == 1

    def test_sample_needs_the_app(self, server):
        provider = self.make(base_url=server.url, app_uid="")

        with pytest.raises(ProviderError) as caught:
            provider.create_template(DEFINITION)

        assert caught.value.failure.code == "not_configured"
        assert caught.value.failure.detail == "app_uid"

    def test_lists_templates_page_by_page(self, server, provider):
        server.reply(
            wire.answer(200, load("whatsapp_cloud/message_templates_page1")),
            wire.answer(200, load("whatsapp_cloud/message_templates_page2")),
        )

        first, second = provider.list_templates()

        assert [one.query.get("after") for one in server.requests] == [None, "MjQZD"]
        assert first.parameter_names == ("cliente", "factura", "saldo")
        assert (first.quality, first.status, first.uid) == (
            "GREEN",
            "APPROVED",
            "594425479261596",
        )
        assert second.rejected_reason == "INCORRECT_CATEGORY"
        assert second.parameter_names == ()

    def test_endless_pages_end(self, server, provider):
        page = load("whatsapp_cloud/message_templates_page1")
        server.reply(wire.answer(200, page))

        assert len(provider.list_templates()) == 2  # the cursor stands still

    # --- connection test ----------------------------------------------------------

    def answers(self, **changes):
        names = ("phone_number", "phone_numbers", "message_templates_page2")
        names += ("subscribed_apps",)
        bodies = {name: load(f"whatsapp_cloud/{name}") for name in names}
        bodies["phone_number"].update(changes)
        return [wire.answer(200, body) for body in bodies.values()]

    def test_connection_works(self, server):
        server.reply(*self.answers())

        found = self.checks(server.url)

        assert found == [
            ("configuration", True),
            ("address", True),
            ("dns", True),
            ("reachable", True),
            ("tls", True),
            ("token", True),
            ("phone_number", True),
            ("quality", True),
            ("phone_status", True),
            ("messaging_limit", True),
            ("business_account", True),
            ("templates", True),
            ("webhook", True),
        ]
        for received in server.requests:
            _, version, uid, *edge = received.path.split("/")
            holder = "{WABA-ID}" if edge else "{Phone-Number-ID}"
            path = "/".join([holder, *edge])
            assert version == "v23.0"
            assert uid in self.credentials.values()
            assert meta_path_exists(path, "get")
            if not edge:
                assert set(received.query) <= meta_query_names(path)

    @pytest.mark.parametrize(
        ("code", "subcode", "failed"),
        [
            (190, 463, "token"),
            (0, None, "token"),
            (104, None, "token"),
            (10, None, "permissions"),
            (200, None, "permissions"),
            (100, 33, "phone_number"),
            (2, None, "answer"),
        ],
    )
    def test_refused_connection_names_the_reason(self, server, code, subcode, failed):
        error = {"error": {"code": code, "message": "no", "error_subcode": subcode}}
        server.reply(wire.answer(400, error))

        found = self.checks(server.url)

        assert found[-1] == (failed, False)
        assert [name for name, passed in found if not passed] == [failed]

    def test_connection_warns_about_the_number(self, server):
        server.reply(*self.answers(quality_rating="RED", status="BANNED"))

        found = dict(self.checks(server.url))

        assert found["quality"] is False
        assert found["phone_status"] is False

    def test_connection_notices_a_number_of_another_account(self, server):
        answers = self.answers()
        answers[1] = wire.answer(200, {"data": [{"id": "1"}]})
        answers[2] = wire.answer(400, {"error": {"code": 200, "message": "no"}})
        answers[3] = wire.answer(200, {"data": []})
        server.reply(*answers)

        found = self.checks(server.url)

        assert ("business_account", False) in found
        assert ("permissions", False) in found
        assert ("webhook", False) in found

    def test_connection_warns_about_plain_http(self):
        assert reach_checks("http://graph.example.com")[-1].passed is False
        assert reach_checks("http://127.0.0.1:80")[-1].passed is True
        assert reach_checks("http://localhost")[-1].passed is True
