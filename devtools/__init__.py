"""Development environment of cobranza_whatsapp, run by ./dev.

Standard library only: it has to work before anything is installed.
"""
