"""How many parts an SMS has: GSM-7 160/153, UCS-2 70/67 (providers.md 5)."""

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = set("\f^{}\\[~]|€")


def sms_parts(text: str) -> tuple[str, int, int]:
    """Return encoding (``gsm7`` or ``ucs2``), units and number of parts."""
    if all(char in GSM7 or char in GSM7_EXTENSION for char in text):
        encoding, single, several = "gsm7", 160, 153
        widths = [2 if char in GSM7_EXTENSION else 1 for char in text]
    else:
        encoding, single, several = "ucs2", 70, 67
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    units = sum(widths)
    if units <= single:
        return encoding, units, 1 if units else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > several:
            parts, used = parts + 1, 0
        used += width
    return encoding, units, parts
