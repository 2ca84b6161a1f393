"""The smallest invoice that providers take for a PDF."""

_PAGE = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200]>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


def sample_pdf(number: int = 0) -> bytes:
    """Return a PDF that differs from all others by a comment."""
    return _PAGE + b"%% %d\n" % number
