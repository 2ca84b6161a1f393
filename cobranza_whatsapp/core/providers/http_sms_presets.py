"""Gateways whose words are known: the options that describe them, as data.

Only what their own pages confirm stands here. Neither page says what a delivery report
looks like, so both presets read none: messages stay "sent".
Sources: https://app.smsmasivos.com.mx/api-docs/v2 and https://apidocs.labsmobile.com,
seen 2026-11.
"""

from collections.abc import Mapping

SMS_MASIVOS: Mapping[str, str] = {
    "base_url": "https://api.smsmasivos.com.mx/sms/send",
    "method": "POST",
    "headers": "apikey: {token}",
    "body_kind": "form",
    # It takes national numbers of ten digits and no accents.
    "body": "message={text_ascii}\nnumbers={number_national}\n"
    "country_code={country_code}\nlang=es",
    "success": "equals",
    "success_path": "success",
    "success_value": "true",
    "error_path": "code",
    "detail_path": "message",
    "error_classes": "auth_01 = hold\nauth_03 = hold",
}

LABSMOBILE: Mapping[str, str] = {
    "base_url": "https://api.labsmobile.com/json/send",
    "method": "POST",
    "headers": "Authorization: Basic {basic}",
    "body_kind": "json",
    # The message id may be ours, of at most 20 characters.
    "body": '{"message": "{text}", "tpoa": "{sender}", "recipient": '
    '[{"msisdn": "{number}"}], "subid": "{uuid20}", "long": 1}',
    "success": "equals",
    "success_path": "code",
    "success_value": "0",
    "uid_path": "subid",
    "error_path": "code",
    "detail_path": "message",
    "error_classes": "10 = fix\n11 = fix\n20 = fix\n21 = fix\n23 = fix\n24 = fix\n"
    "27 = fix\n28 = fix\n30 = retry\n35 = hold\n39 = fix\n41 = fix",
    "check_address": "balance",
}

PRESETS: Mapping[str, Mapping[str, str]] = {
    "sms_masivos": SMS_MASIVOS,
    "labsmobile": LABSMOBILE,
}
PRESET_NAMES: Mapping[str, str] = {
    "sms_masivos": "SMS Masivos",
    "labsmobile": "LabsMobile",
}
