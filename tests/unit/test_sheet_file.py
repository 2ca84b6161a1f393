"""Uploaded tables are hostile until they are read."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from odoo.addons.cobranza_whatsapp.core import consent_file, sheet_file


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def package(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def refusal(content):
    with pytest.raises(sheet_file.SheetError) as caught:
        sheet_file.read_sheet(content)
    return caught.value.code


TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \n", "file_empty"),
        (b"a;b\n", "file_empty"),
        (b"a;b\n1;=2+3\n", "file_formula"),
        (b"a;b\n1;@SUM(1)\n", "file_formula"),
        (b"a;b\n1;+cmd|' /C calc'!A0\n", "file_formula"),
        (b"a;b\n1;-2+3+cmd|x\n", "file_formula"),
        (b"a;b\n1;" + b"x" * 3000 + b"\n", "file_cell_too_long"),
        (b"a" * 11_000_000, "file_too_large"),
        (b"a;b\n\x00\x01;2\n", "file_encoding"),
        (b"a;b\n\x81\x8d;2\n", "file_encoding"),
        (b"\xd0\xcf\x11\xe0 old excel\n", "file_unknown_kind"),
        (b"PK\x03\x04 broken", "file_not_a_table"),
        (package(**{"x.txt": "no workbook"}), "file_unknown_kind"),
        (package(**{TYPES: b"<!DOCTYPE x [<!ENTITY a 'b'>]>"}), "file_not_a_table"),
        (package(**{TYPES: "<x/>", "bomb": b"0" * 130_000_000}), "file_too_large"),
        (package(**{TYPES: "<x/>"}), "file_not_a_table"),
        (workbook(["a", "b"], ["1", "=1+1"]), "file_formula"),
    ],
)
def test_hostile_files_are_refused(content, code):
    assert refusal(content) == code


@pytest.mark.parametrize(
    "content",
    [
        "Cliente;Teléfono\nÁ;+52 55 1234 5678\n".encode(),
        "\ufeffCliente,Teléfono\nÁ,+52 55 1234 5678\n".encode(),
        "Cliente\tTeléfono\nÁ\t+52 55 1234 5678\n".encode("utf-16"),
        "Cliente;Teléfono\r\nÁ;+52 55 1234 5678\r\n".encode("cp1252"),
        workbook(["Cliente", "Teléfono"], ["Á", "+52 55 1234 5678"]),
    ],
)
def test_tables_are_read_whatever_wrote_them(content):
    sheet = sheet_file.read_sheet(content)

    assert sheet.header == ("Cliente", "Teléfono")
    assert sheet.rows == ((2, ("Á", "+52 55 1234 5678")),)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    try:
        sheet = sheet_file.read_sheet(content)
    except sheet_file.SheetError:
        return
    assert sheet.rows


def test_written_file_runs_nothing():
    written = sheet_file.safe_csv([["=1+1", "@x", "+52 1", "Á"]])

    assert written.decode("utf-8-sig").strip() == "'=1+1,'@x,+52 1,Á"


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Razón Social", "customer"),
        ("RFC", "vat"),
        ("E-mail", "email"),
        ("Celular", "number"),
        ("Canais", "channel"),
        ("Legal basis", "basis"),
        ("Data do consentimento", "date"),
    ],
)
def test_headers_in_three_languages(header, meaning):
    assert consent_file.columns(["x", header]) == {meaning: 1}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", "2026-11-25"),
        ("25/11/2026", "2026-11-25"),
        ("5-1-26", "2026-01-05"),
        ("31/02/2026", None),
        ("11/25/2026", None),
        ("ayer", None),
    ],
)
def test_dates(text, day):
    found = consent_file.read_date(text)
    assert (found and found.isoformat()) == day
