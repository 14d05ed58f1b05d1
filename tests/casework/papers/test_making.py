"""How papers are made: text is text, nothing is loaded, what cannot be made is said."""

from __future__ import annotations

import socket
from datetime import date
from importlib import import_module
from io import BytesIO
from zipfile import ZipFile

import pypdf
import pytest
import segno
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from casework.papers import printing
from casework.papers.blocks import Head, Paper, Paragraph, Sheet, plain
from casework.papers.printing import environment, pdf
from casework.papers.referral_paper import referral_docx, referral_pdf
from casework.papers.self_check_report import report_docx
from casework.papers.suspicion_list import list_pdf
from casework.papers.word import docx
from domain.errors import Broken, Unreachable
from tests.casework.papers.samples import MARKUP, SIGNED, item, listed, referral, report, text_of, words_of


def paper(text: str) -> Paper:
    return Paper("题", date(2026, 1, 10), "脚", (Sheet((Head("题"), Paragraph(text))),))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(socket, "create_connection", refused)


@pytest.mark.usefixtures("offline")
def test_markup_in_names_is_shown_as_it_is() -> None:
    assert MARKUP.replace(" ", "") in text_of(list_pdf(listed(item(subject=MARKUP))))
    assert MARKUP.replace(" ", "") in text_of(referral_pdf(referral(summary=MARKUP)))
    assert MARKUP.replace(" ", "") in words_of(referral_docx(referral(summary=MARKUP)))
    assert "{{7*7}}{%if%}" in text_of(pdf(paper("{{ 7*7 }}{% if %}")))


def test_nothing_in_a_pdf_acts_or_points_outside() -> None:
    content = list_pdf(listed(item(subject=MARKUP, check="https://example.invalid/ javascript:alert(1)")))
    reader = pypdf.PdfReader(BytesIO(content))
    assert [page.get("/Annots") for page in reader.pages] == [None] * len(reader.pages)
    assert not {"/OpenAction", "/AA", "/Names"} & set(reader.root_object)


@pytest.mark.parametrize("source", ["https://example.invalid/a.png", "file:///etc/hostname", "data:text/plain,x"])
def test_a_template_that_asks_for_something_ends_in_an_error(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = environment()

    class Asking:
        def get_template(self, name: str) -> Asking:
            return self

        def render(self, **values: object) -> str:
            return f"<style>body {{ background: url('{source}') }}</style><img src='{source}'>"

    assert real.autoescape is True
    monkeypatch.setattr(printing, "environment", Asking)
    with pytest.raises(Broken, match="would load"):
        pdf(paper("x"))


def test_control_characters_and_lone_surrogates_show_as_replaced() -> None:
    assert plain("a\x00b\x1b\ud800c\r\nd\te") == "a�b��c\nd\te"
    assert "a�b" in text_of(pdf(paper("a\x00b")))
    assert "a�b" in words_of(docx(paper("a\x00b")))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_any_text_makes_a_word_file_that_opens(text: str) -> None:
    content = docx(Paper(text, date(2026, 1, 10), text, (Sheet((Head(text, (text,)), Paragraph(text))),)))
    assert Document(BytesIO(content)).paragraphs


def test_without_a_chinese_font_there_is_no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    weasyprint = import_module("weasyprint")
    real = weasyprint.HTML.render

    def fontless(self: object) -> object:
        document = real(self)
        written = document.write_pdf

        def write(**options: object) -> object:
            found = written(**options)
            next(iter(document.fonts.values())).missing[ord("疑")] = 65_535
            return found

        document.write_pdf = write
        return document

    monkeypatch.setattr(weasyprint.HTML, "render", fontless)
    with pytest.raises(Unreachable, match="fonts-noto-cjk"):
        pdf(paper("疑点"))


def test_without_the_system_libraries_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(printing, "import_module", missing)
    with pytest.raises(Unreachable, match="libpango"):
        pdf(paper("x"))


def test_the_word_file_has_the_fonts_of_offices_and_the_paper_s_own_date() -> None:
    with ZipFile(BytesIO(report_docx(report()))) as package:
        styles, body = package.read("word/styles.xml").decode(), package.read("word/document.xml").decode()
        assert {info.date_time[:3] for info in package.infolist()} == {(2026, 1, 24)}
    for font in ("仿宋", "黑体", "宋体"):
        assert f'w:eastAsia="{font}"' in styles
    assert 'w:firstLineChars="200"' in body
    assert 'w:orient="landscape"' in body
    assert "<w:tblHeader/>" in body
    document = Document(BytesIO(report_docx(report())))
    assert document.core_properties.modified is not None
    assert document.core_properties.modified.date() == date(2026, 1, 24)


def test_the_picture_in_the_word_file_is_the_code_of_the_payload() -> None:
    with ZipFile(BytesIO(report_docx(report()))) as package:
        (name,) = [name for name in package.namelist() if name.startswith("word/media/")]
        with Image.open(BytesIO(package.read(name))) as picture:
            grey = picture.convert("L")
    made = segno.make(SIGNED.text(), error="m", micro=False, boost_error=False)
    side = len(made.matrix) + 8
    assert grey.size == (side * 8, side * 8)
    found = [[grey.getpixel((8 * (x + 4) + 4, 8 * (y + 4) + 4)) == 0 for x in range(side - 8)] for y in range(side - 8)]
    assert found == [[bool(module) for module in row] for row in made.matrix]
