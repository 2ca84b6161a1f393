"""Local stand-in for Meta's WhatsApp Cloud API and for Twilio.

A separate program on 127.0.0.1, never part of the addon: it checks each request
against the official API files, keeps the state a provider would keep, signs its
webhooks, can be told to fail, and draws the customer's phone as a web page.
"""
