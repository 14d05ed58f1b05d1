"""Makes a PDF of a paper: Chinese fonts embedded, nothing loaded from outside, equal bytes for equal papers."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.papers.blocks import Paper, plain
from domain.errors import Broken, Unreachable

SYSTEM_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
"""What the operating system must have, as Debian calls it."""
TEMPLATES = Path(__file__).parent / "templates"
_COMMON = range(0x4E00, 0xA000)
"""Characters that every Chinese font has."""


def environment() -> Environment:
    """Return the templates; every value is escaped, and one that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_finished,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["qr"] = _qr
    return made


def engine() -> ModuleType:
    """Return WeasyPrint; Unreachable where the system libraries that it needs are missing."""
    try:
        return import_module("weasyprint")
    except OSError as error:
        raise _missing("系统库", "system libraries") from error


def pdf(paper: Paper) -> bytes:
    """Return the paper as PDF; Unreachable where system libraries or a Chinese font are missing."""
    page = environment().get_template("paper.html").render(paper=paper)
    weasyprint = engine()
    urls = import_module("weasyprint.urls")
    # A paper consists of what it is given. No scheme is allowed, and a template that asks for one is a defect.
    nothing = urls.URLFetcher(allowed_protocols=frozenset(), fail_on_errors=True)
    try:
        document = weasyprint.HTML(string=page, url_fetcher=nothing).render()
        found = document.write_pdf(pdf_identifier=sha256(page.encode()).hexdigest()[:32])
    except urls.FatalURLFetchingError as error:
        raise Broken(f"文书模板要加载外部内容：{error}", f"the paper would load something: {error}") from error
    if any(code in _COMMON for font in document.fonts.values() for code in font.missing):
        raise _missing("中文字体", "a Chinese font")
    return bytes(found)


def _finished(value: object) -> object:
    """Clean plain text; markup that a template made itself stays."""
    return plain(value) if type(value) is str else value


def _qr(payload: str) -> str:
    """Return the SVG of a QR code, a quarter of whose damage can be mended."""
    return segno.make(payload, error="m", micro=False, boost_error=False).svg_inline(omitsize=True, border=4)


def _missing(zh: str, en: str) -> Unreachable:
    return Unreachable(
        f"缺少{zh}，不能生成 PDF；请运行 apt-get install {SYSTEM_PACKAGES}",
        f"{en} missing, no PDF can be made; run apt-get install {SYSTEM_PACKAGES}",
    )
