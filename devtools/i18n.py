"""./dev i18n: export the addon's strings and bring the translations up to date.

Run by ./dev this exports; as a module, in the environment that has polib, it merges.
"""

import sys
from pathlib import Path

from devtools import databases, odoo, paths
from devtools.console import DevError, fail, say
from devtools.environment import Environment, prepare
from devtools.process import call

DATABASE = "cobranza_i18n"
FOLDER = paths.ADDON / "i18n"
TEMPLATE = FOLDER / f"{databases.ADDON}.pot"
# Odoo writes the moment of the export; without news the file stays as it was.
_DATES = ("POT-Creation-Date", "PO-Revision-Date")
# What reads the same in the other language; OCA's rules want such entries empty.
_NAMES = {
    "LabsMobile",
    "SMS Masivos",
    "https://erp.example.com",
    "ID",
    "SMS",
    "Token",
    "Total",
    "Twilio",
    "Verbal",
    "Webhook",
    "WhatsApp",
    "WhatsApp Cloud API (Meta)",
}
# Words that gateways want as they stand, and examples of them.
_AS_TYPED = {
    "/balance",
    "35 = hold",
    "<code>{number}</code> 525512345678 · <code>{number_plus}</code> +525512345678 · "
    "<code>{number_national}</code> 5512345678 · <code>{country_code}</code> 52",
    "Authorization: Bearer {token}",
    "DELIVRD = delivered",
    "GET",
    "JSON",
    "POST",
    "PUT",
    "X-Webhook-Secret",
    '{"to": "{number}", "text": "{text}"}',
}
_PLACES = {
    "Argentina (federal)",
    "Argentina - Ciudad de Buenos Aires",
    "Bolivia",
    "Chile",
    "Colombia",
    "Costa Rica",
    "Ecuador",
    "Guatemala",
    "Paraguay",
    "Uruguay",
}
_COMMON = _NAMES | _AS_TYPED | _PLACES | {"ID", "Token", "Total", "Verbal", "Webhook"}
SAME = {
    "es": _COMMON | {"+52 55 1234 5678", "Variables"},
    "pt_BR": _COMMON | {"E-mail", "Link", "Peru", "Regime"},
}


def stays(msgid: str, language: str) -> bool:
    """Tell whether a string is the same in a language: names, addresses of pages."""
    is_address = all(line.startswith("http") for line in msgid.splitlines())
    return is_address or msgid in SAME.get(language, set())


def _export(environment: Environment, exported: Path) -> None:
    """Install the addon in a fresh database, so that no old string is left in it."""
    databases.copy(environment.server, databases.base(environment), DATABASE)
    try:
        say(f"{DATABASE}: installing the addon")
        databases.run_odoo(environment, DATABASE, f"--init={databases.ADDON}")
        command = ("i18n", "export", "-d", DATABASE, databases.ADDON, "-o", exported)
        log = paths.LOGS / f"{DATABASE}.log"
        if call(odoo.command(*command), env=odoo.configure(environment), log=log):
            raise DevError(f"Odoo could not export the strings: read {log}.")
    finally:
        databases.drop(environment.server, DATABASE)


def main(arguments: list[str]) -> int:
    """Refresh the .pot and every .po; 1 if something is left to be translated."""
    if arguments:
        raise DevError("./dev i18n takes no arguments.")
    environment = prepare()
    exported = paths.RUN / f"i18n-{paths.CHECKOUT}.pot"
    _export(environment, exported)
    command = [environment.python, "-m", "devtools.i18n", exported]
    variables = environment.variables(PYTHONPATH=paths.ROOT)
    if call(command, env=variables):
        return fail(f"translate what is listed above in {FOLDER}.")
    say("Translations: complete")
    return 0


def _keep_dates(old, new) -> None:
    """Take over the old dates where nothing else differs."""
    if [str(entry) for entry in old] == [str(entry) for entry in new]:
        new.metadata.update({k: old.metadata[k] for k in _DATES if k in old.metadata})


def _merged(polib, template, old):
    """Return the translation with the entries of the template, in its order."""
    known = {
        entry.msgid: entry.msgstr
        for entry in old
        if not entry.fuzzy and entry.msgstr != entry.msgid
    }
    new = polib.POFile(wrapwidth=template.wrapwidth)
    new.header = template.header
    new.metadata = {**old.metadata}
    for key in _DATES[:1]:
        new.metadata[key] = template.metadata[key]
    for entry in template:
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                occurrences=entry.occurrences,
                comment=entry.comment,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
            )
        )
    return new


def merge(exported: Path) -> int:
    """Write the template and merge it into each translation; return what is missing."""
    import polib

    template = polib.pofile(str(exported))
    if TEMPLATE.exists():
        _keep_dates(polib.pofile(str(TEMPLATE)), template)
    template.save(str(TEMPLATE))
    missing = 0
    for path in sorted(FOLDER.glob("*.po")):
        old = polib.pofile(str(path))
        new = _merged(polib, template, old)
        new.save(str(path))
        wanted = {entry.msgid for entry in new}
        gone = [entry for entry in old if entry.msgid not in wanted]
        empty = [e for e in new.untranslated_entries() if not stays(e.msgid, path.stem)]
        missing += len(empty)
        print(f"{path.name}: {len(new)} strings, {len(empty)} to translate")
        for entry in empty:
            print(f"  missing  {entry.msgid!r}")
        # Shown once: a reworded string can take over its old translation.
        for entry in gone:
            print(f"  removed  {entry.msgid!r} was {entry.msgstr!r}")
    return missing


if __name__ == "__main__":
    sys.exit(1 if merge(Path(sys.argv[1])) else 0)
