"""Sends what is meant for api.twilio.com to the emulator.

Loaded server-wide by the measurement of Odoo's own SMS queue: `sms_twilio` has its
address in the code. Nothing else of Odoo is touched, so its own code is measured.
"""

import os

import requests

TWILIO = "https://api.twilio.com"


def redirect():
    """Put the emulator's address in the place of Twilio's, for all requests."""
    emulator = os.environ["BENCH_TWILIO_URL"]
    original = requests.Session.request

    def request(self, method, url, *arguments, **options):
        local = url.replace(TWILIO, emulator, 1)
        return original(self, method, local, *arguments, **options)

    requests.Session.request = request
