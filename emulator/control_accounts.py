"""Control of accounts and of how their webhooks leave."""

from dataclasses import asdict, fields, replace
from typing import Any

from aiohttp import web

from . import raw_webhook
from .models import (
    Account,
    GatewayAccount,
    Json,
    MetaAccount,
    TwilioAccount,
    WebhookOptions,
)
from .store import Store

SECRETS = {
    "access_token",
    "api_keys",
    "app_secret",
    "auth_token",
    "gateway_key",
    "previous_secret",
    "report_secret",
    "token",
    "webhook_headers",
}
# Class and name of the id of each provider's accounts.
KINDS: dict[str, tuple[type, str]] = {
    "meta": (MetaAccount, "phone_number_id"),
    "twilio": (TwilioAccount, "account_sid"),
    "gateway": (GatewayAccount, "name_id"),
}
ORDERS = {"fifo", "reverse", "shuffle"}


class ControlError(ValueError):
    """A control request that makes no sense."""


async def list_accounts(emulator: Any, _: Json, __: web.Request) -> Json:
    """List the accounts, secrets hidden."""
    return {"accounts": [shown(one) for one in emulator.store.accounts]}


async def put_account(emulator: Any, body: Json, _: web.Request) -> Json:
    """Create or change an account; a new webhook URL is verified (GET handshake)."""
    wanted = dict(body)
    provider = wanted.pop("provider", "meta")
    if provider not in KINDS:
        raise ControlError(f"provider must be one of {sorted(KINDS)}")
    verify = wanted.pop("verify", True)
    options = wanted.pop("options", {})
    cls, id_name = KINDS[provider]
    known = getattr(emulator.store, provider)
    only_fields(cls, wanted)
    name = wanted[id_name]
    account = _changed(known[name], wanted) if name in known else cls(**wanted)
    account.options = changed_options(account.options, options)
    known[name] = account
    if isinstance(account, MetaAccount):
        account.webhook_verified |= not verify
        if account.webhook_url:
            await emulator.sender.verify(account, account.webhook_url)
    emulator.store.save(account)
    return shown(account)


def _changed(old: Account, wanted: Json) -> Account:
    """Return an account with changes; the secret before stays known."""
    names = ("app_secret", "auth_token", "report_secret")
    secret = next((wanted[one] for one in names if wanted.get(one)), None)
    if secret and secret != old.secret:
        wanted.setdefault("previous_secret", old.secret)
    account = replace(old, **wanted)
    if isinstance(account, MetaAccount) and account.webhook_url != old.webhook_url:
        account.webhook_verified = False
    return account


async def delete_account(emulator: Any, _: Json, request: web.Request) -> Json | None:
    """Remove an account."""
    name = request.match_info["name"]
    for kind in KINDS:
        if getattr(emulator.store, kind).pop(name, None):
            emulator.store.forget(kind, name)
            return {"deleted": name}
    return None


def only_fields(cls: type, wanted: Json) -> None:
    """Refuse names that ``cls`` does not have."""
    unknown = set(wanted) - {one.name for one in fields(cls)}
    if unknown:
        raise ControlError(f"unknown fields: {sorted(unknown)}")


def shown(account: Account) -> Json:
    """Return an account without its secrets."""
    values = asdict(account)
    return {
        name: "***" if name in SECRETS and value else value
        for name, value in values.items()
    }


def changed_options(options: WebhookOptions, wanted: Json) -> WebhookOptions:
    """Return options with changes; raise ControlError for what does not exist."""
    only_fields(WebhookOptions, wanted)
    if wanted.get("order", "fifo") not in ORDERS:
        raise ControlError(f"order must be one of {sorted(ORDERS)}")
    return replace(options, **wanted)


async def webhook_options(emulator: Any, body: Json, _: web.Request) -> Json:
    """Change how webhooks leave, for one account or for all."""
    wanted = dict(body)
    return _set_options(emulator.store, wanted.pop("account", ""), wanted)


def _set_options(store: Store, name: str, wanted: Json) -> Json:
    changed_options(WebhookOptions(), wanted)
    found = store.account(name)
    if name and found is None:
        raise ControlError(f"unknown account {name}")
    accounts: list[Account] = [found] if found else store.accounts
    for account in accounts:
        account.options = changed_options(account.options, wanted)
        store.save(account)
    return {account.id: asdict(account.options) for account in accounts}


async def release(emulator: Any, body: Json, _: web.Request) -> Json:
    """Let held webhooks go; ``hold`` stays as it is unless ``hold: false`` is said."""
    account, order = body.get("account", ""), body.get("order", "fifo")
    changed_options(WebhookOptions(), {"order": order})
    if body.get("hold") is False:
        _set_options(emulator.store, account, {"hold": False})
    return {"released": emulator.sender.release(order, account)}


async def post_raw_webhook(emulator: Any, body: Json, _: web.Request) -> Json:
    """Post any body, signed well, badly, not at all or with an old secret."""
    return await raw_webhook.post(emulator, body)
