"""All providers by code: the one list to extend for a new one."""

from collections.abc import Mapping

from ..errors import ConfigurationError
from ..types import Credentials
from .base import Provider
from .demo import Demo
from .http_sms import HttpSms
from .transport import HttpClient
from .twilio import Twilio
from .whatsapp_cloud import WhatsAppCloud
from .whatsapp_gateway import WhatsAppGateway

PROVIDERS: Mapping[str, type[Provider]] = {
    provider.code: provider
    for provider in (WhatsAppCloud, WhatsAppGateway, Twilio, HttpSms, Demo)
}


def build(
    code: str, credentials: Credentials, http: HttpClient | None = None
) -> Provider:
    """Return the provider ready to send. Share ``http`` to reuse its connections.

    Raises ConfigurationError for a code that nobody registered.
    """
    try:
        provider = PROVIDERS[code]
    except KeyError:
        raise ConfigurationError(f"no provider is called {code!r}") from None
    return provider(credentials, http)
