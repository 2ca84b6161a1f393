"""Meta's template endpoints (reference/providers.md 1.4)."""

import asyncio
from typing import Any

from . import meta_events
from .calls import Answer, Call
from .media_files import numeric_id
from .meta_errors import MetaError, unknown_object
from .models import Json, MetaAccount, Template
from .store import Store
from .template_rules import check_components, check_new_template, refuse
from .webhooks import WebhookSender

REVIEW_SECONDS = 0.2
DAY_SECONDS = 86400
EDITABLE = {"APPROVED", "REJECTED", "PAUSED"}
DEFAULT_LIMIT = 25


class MetaTemplates:
    """Templates of the WABAs; those created are reviewed after a moment."""

    def __init__(self, store: Store, sender: WebhookSender) -> None:
        self.store = store
        self.sender = sender

    def resume(self) -> None:
        """Take up reviews that an earlier run did not end."""
        for template in self.store.templates.values():
            accounts = self.store.meta.values()
            if template.status == "PENDING" and any(
                one.auto_approve for one in accounts if one.waba_id == template.waba_id
            ):
                self._review_later(template)

    def create(self, waba_id: str, accounts: list[MetaAccount], call: Call) -> Answer:
        """Create a template, PENDING, and have it reviewed if the account says so."""
        body = call.json
        check_new_template(body, self.store.handles)
        name = (waba_id, body["name"], body["language"])
        if name in self.store.template_names:
            raise refuse(
                2388024, f"{body['name']} already has content in {body['language']}"
            )
        template = Template(
            id=numeric_id(),
            waba_id=waba_id,
            name=body["name"],
            language=body["language"],
            category=body["category"],
            components=body["components"],
            parameter_format=str(body.get("parameter_format", "POSITIONAL")).upper(),
            message_send_ttl_seconds=body.get("message_send_ttl_seconds"),
            created_at=self.store.now(),
        )
        self.store.add_template(template)
        if any(account.auto_approve for account in accounts):
            self._review_later(template)
        answer = {"id": template.id, "status": "PENDING", "category": template.category}
        return Answer(200, answer)

    def edit(
        self, template: Template, accounts: list[MetaAccount], call: Call
    ) -> Answer:
        """Change a template; it is reviewed again."""
        body, now = call.json, self.store.now()
        if template.status not in EDITABLE:
            raise refuse(2388025, f"A template that is {template.status} cannot change")
        if template.status == "APPROVED":
            if body.get("category", template.category) != template.category:
                raise refuse(2388025, "The category of an approved template is fixed")
            recent = [at for at in template.edited_at if now - at < 30 * DAY_SECONDS]
            if len(recent) >= 10 or recent and now - recent[-1] < DAY_SECONDS:
                raise refuse(2388025, "One edit in 24 hours and ten in 30 days")
            template.edited_at = [*recent, now]
        named = template.parameter_format == "NAMED"
        components = body.get("components", template.components)
        check_components(components, named, self.store.handles)
        template.components = components
        template.category = body.get("category", template.category)
        if "message_send_ttl_seconds" in body:
            template.message_send_ttl_seconds = body["message_send_ttl_seconds"]
        template.status = "PENDING"
        self.store.save(template)
        if any(account.auto_approve for account in accounts):
            self._review_later(template)
        return Answer(200, {"success": True})

    def _review_later(self, template: Template) -> None:
        def review() -> None:
            if template.status == "PENDING":
                self.set_status(template, "APPROVED")

        asyncio.get_running_loop().call_later(REVIEW_SECONDS, review)

    def set_status(
        self, template: Template, status: str, reason: str = "NONE", quality: str = ""
    ) -> None:
        """Change a template's status and tell the WABA's webhooks."""
        template.status = status
        template.rejected_reason = reason
        template.quality = quality or template.quality
        self.store.save(template)
        for account in self._told(template):
            event = meta_events.template_status(account, template)
            if event:
                self.sender.submit(event)

    def set_category(self, template: Template, category: str) -> None:
        """Change a category as Meta does by itself, and tell the webhooks."""
        previous, template.category = template.category, category
        self.store.save(template)
        for account in self._told(template):
            event = meta_events.template_category(account, template, previous)
            if event:
                self.sender.submit(event)

    def announce_category(self, template: Template, category: str) -> None:
        """Tell the webhooks that the category will change in a day."""
        for account in self._told(template):
            event = meta_events.template_category_notice(account, template, category)
            if event:
                self.sender.submit(event)

    def set_quality(self, template: Template, quality: str) -> None:
        """Change the quality as customers' complaints do, and tell the webhooks."""
        previous, template.quality = template.quality, quality
        self.store.save(template)
        for account in self._told(template):
            event = meta_events.template_quality(account, template, previous)
            if event:
                self.sender.submit(event)

    def _told(self, template: Template) -> list[MetaAccount]:
        """Return one account of the WABA for each webhook URL."""
        by_url = {
            account.webhook_url: account
            for account in self.store.meta.values()
            if account.waba_id == template.waba_id
        }
        return list(by_url.values())

    def listed(self, waba_id: str, call: Call) -> Answer:
        """Answer a page of templates."""
        wanted = call.parameters
        found = [
            template
            for template in self.store.templates.values()
            if template.waba_id == waba_id
            and wanted.get("name", "") in template.name
            and all(
                wanted.get(name, getattr(template, name)) == getattr(template, name)
                for name in ("status", "category", "language")
            )
        ]
        start = int(wanted.get("after", "0") or 0)
        limit = int(wanted.get("limit", DEFAULT_LIMIT))
        page = found[start : start + limit]
        fields = wanted.get("fields", "")
        answer: Json = {"data": [shown(template, fields) for template in page]}
        if page:
            end = start + len(page)
            answer["paging"] = {"cursors": {"before": str(start), "after": str(end)}}
            if end < len(found):
                answer["paging"]["next"] = (
                    f"{call.base_url}/graph{call.path}?limit={limit}&after={end}"
                )
        return Answer(200, answer)

    def delete(self, waba_id: str, call: Call) -> Answer:
        """Delete by name (all languages) or by name and hsm_id (one)."""
        name, identifier = call.parameters.get("name"), call.parameters.get("hsm_id")
        if not name:
            raise MetaError(100, "The parameter name is required")
        found = [
            template
            for template in self.store.templates.values()
            if template.waba_id == waba_id
            and template.name == name
            and identifier in {None, template.id}
        ]
        if not found:
            raise unknown_object(identifier or name, call.method)
        for template in found:
            self.store.remove_template(template)
        return Answer(200, {"success": True})

    def unpause(self, template: Template) -> Answer:
        """Make a paused template sendable again."""
        if template.status != "PAUSED":
            return Answer(200, {"success": False, "reason": "template is not paused"})
        self.set_status(template, "APPROVED")
        return Answer(200, {"success": True})


def shown(template: Template, fields: str = "") -> Json:
    """Return a template as Meta shows it; ``fields`` is a comma list, or nothing."""
    found: dict[str, Any] = {
        "name": template.name,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "id": template.id,
    }
    if not fields:
        return found
    found["quality_score"] = {"score": template.quality}
    found["rejected_reason"] = template.rejected_reason
    if template.message_send_ttl_seconds is not None:
        found["message_send_ttl_seconds"] = template.message_send_ttl_seconds
    wanted = {name.strip() for name in fields.split(",")} | {"id"}
    return {name: value for name, value in found.items() if name in wanted}
