"""The day and the amount in a debtor's promise."""

from datetime import date
from decimal import Decimal

import pytest

from odoo.addons.cobranza_whatsapp.core import promises

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("le pago el viernes", date(2026, 11, 27)),
        ("el miércoles le pago", date(2026, 12, 2)),
        ("mañana sin falta", date(2026, 11, 26)),
        ("pasado mañana le deposito", date(2026, 11, 27)),
        ("hoy en la mañana", date(2026, 11, 25)),
        ("le pago el 15 de diciembre", date(2026, 12, 15)),
        ("el 10 de enero", date(2027, 1, 10)),
        ("el día 30", date(2026, 11, 30)),
        ("el 5 le pago", date(2026, 12, 5)),
        ("el 31 sin falta", date(2026, 12, 31)),
        ("el 10/12", date(2026, 12, 10)),
        ("10/01/2027", date(2027, 1, 10)),
        ("a fin de mes", date(2026, 11, 30)),
        ("amanhã faço o pix", date(2026, 11, 26)),
        ("pago na sexta-feira", date(2026, 11, 27)),
        ("vou pagar dia 10", date(2026, 12, 10)),
        ("no fim do mês", date(2026, 11, 30)),
        ("I'll pay on Friday", date(2026, 11, 27)),
        ("on December 5", date(2026, 12, 5)),
        ("tomorrow", date(2026, 11, 26)),
    ],
)
def test_day_is_read(text, day):
    assert promises.promise_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "le pago pronto",
        "en cuanto pueda",
        "el 15 de noviembre",
        "10/01/2020",
        "el 45",
        "31/02",
        "le pago el 50% el resto después",
        "a" * 5000,
    ],
)
def test_unclear_day_is_nobody_s(text):
    assert promises.promise_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("le abono $1,500 el viernes", "1500"),
        ("deposito 2500 pesos mañana", "2500"),
        ("pago R$ 1.234,56 amanhã", "1234.56"),
        ("$1,234.50", "1234.50"),
        ("le pago el 15", None),
        ("$" + "9" * 40, None),
    ],
)
def test_amount_is_read_with_its_currency(text, amount):
    expected = Decimal(amount) if amount else None
    assert promises.promise_amount(text) == expected
