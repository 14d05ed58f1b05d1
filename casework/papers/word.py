"""Makes a Word file of a paper: the fonts and sizes of official documents, equal bytes for equal papers."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import Section
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph

from casework.papers import blocks
from casework.papers.blocks import Block, Paper, Sheet, plain
from casework.papers.printing import environment

SONG, FANGSONG, HEI = "宋体", "仿宋", "黑体"
"""Fonts that every Chinese Windows and WPS have; elsewhere the office program puts its own in their place."""
LATIN = "Times New Roman"
_UPRIGHT, _CLOSE, _ACROSS = (37, 26, 35, 28), (34, 20, 20, 22), (14, 14, 16, 14)
"""Margins in mm: top, right, bottom, left."""
_NAMES = (
    (SONG, "SimSun,Source Han Serif SC,Noto Serif CJK SC"),
    (FANGSONG, "FangSong,STFangsong,Noto Serif CJK SC"),
    (HEI, "SimHei,Source Han Sans SC,Noto Sans CJK SC"),
)
"""What else the fonts are called, or what comes nearest."""
_FONT_TABLE = "word/fontTable.xml"
_LINE = Pt(28)
_CODE_MM = 24


def docx(paper: Paper) -> bytes:
    """Return the paper as a Word file that Word 2007 and later, WPS and LibreOffice open."""
    document = Document()
    _styles(document, paper.text_pt)
    for number, sheet in enumerate(paper.sheets):
        section = document.sections[0] if number == 0 else document.add_section(WD_SECTION.NEW_PAGE)
        _page(section, sheet)
        writer = _Writer(document, sheet, paper.text_pt)
        for block in sheet.blocks:
            writer.write(block)
    # Later sections go on with the footer of the first.
    _foot(document.sections[0].footer.paragraphs[0], paper.foot)
    if document.sections[0].different_first_page_header_footer:
        _foot(document.sections[0].first_page_footer.paragraphs[0], paper.foot)
    said = document.core_properties
    said.title, said.author, said.last_modified_by, said.comments = plain(paper.title), "明账", "明账", ""
    said.created = said.modified = datetime.combine(paper.on, time())
    buffer = BytesIO()
    document.save(buffer)
    return _dated(buffer.getvalue(), paper.on)


def _styles(document: WordDocument, text_pt: float) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        # Without it, programs that have not these fonts put Japanese forms of signs and stops in their place.
        language.set(qn("w:eastAsia"), "zh-CN")
    _style(document, "Normal", FANGSONG, text_pt)
    _style(document, "Title", SONG, 22, bold=True)
    _style(document, "Heading 1", HEI, text_pt)
    _style(document, "Caption", FANGSONG, 10.5)
    for name in ("Title", "Heading 1", "Caption"):
        for tag in ("w:pBdr", "w:color", "w:i", "w:iCs"):
            for found in document.styles[name].element.iter(qn(tag)):
                found.getparent().remove(found)


def _style(document: WordDocument, name: str, font: str, size: float, *, bold: bool = False) -> None:
    style = document.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(name)
    style.font.size, style.font.bold, style.font.name = Pt(size), bold, LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for place in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{place}"), None)
    fonts.set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    if name in ("Normal", "Heading 1"):
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    else:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.2


def _margins(sheet: Sheet) -> tuple[int, int, int, int]:
    return _ACROSS if sheet.across else _CLOSE if sheet.close else _UPRIGHT


def _page(section: Section, sheet: Sheet) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if sheet.across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if sheet.across else (Mm(210), Mm(297))
    top, right, bottom, left = (Mm(each) for each in _margins(sheet))
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = top, right, bottom, left
    section.different_first_page_header_footer = False
    section.header_distance = section.footer_distance = Mm(8)


def _foot(paragraph: WordParagraph, foot: str) -> None:
    """Write the foot and the page number."""
    paragraph.style = "Caption"
    paragraph.add_run(plain(f"{foot}　　第 "))
    for instruction, text in (("PAGE", " 页 共 "), ("NUMPAGES", " 页")):
        field = f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        paragraph.paragraph_format.element.append(parse_xml(field))
        paragraph.add_run(text)


def _coded(section: Section, code: blocks.Code) -> None:
    """Put a QR code with its line into the header of the section's first page, where official documents are empty."""
    section.different_first_page_header_footer = True
    picture = BytesIO()
    segno.make(code.payload, error="m", micro=False, boost_error=False).save(picture, kind="png", scale=8, border=4)
    told = section.first_page_header.paragraphs[0]
    told.style, told.alignment = "Caption", WD_ALIGN_PARAGRAPH.RIGHT
    told.add_run().add_picture(picture, width=Mm(_CODE_MM))
    run = told.add_run(f"\n{plain(code.caption)}")
    run.font.size = Pt(6.5)


class _Writer:
    """Writes the blocks of one sheet at the end of the document."""

    def __init__(self, document: WordDocument, sheet: Sheet, text_pt: float) -> None:
        self._document = document
        self._across = sheet.across
        _, right, _, left = _margins(sheet)
        self._mm = (297 if sheet.across else 210) - right - left
        self._indent = round(2 * text_pt * 20)

    def write(self, block: Block) -> None:
        if isinstance(block, blocks.Head):
            self._head(block)
        elif isinstance(block, blocks.Addressee):
            self._paragraph(block.text)
        elif isinstance(block, blocks.Heading):
            self._paragraph(block.text, "Heading 1").paragraph_format.keep_with_next = True
        elif isinstance(block, blocks.Paragraph):
            for line in block.lines:
                self._indented(line)
        elif isinstance(block, blocks.Note):
            self._paragraph(block.text, "Caption")
        elif isinstance(block, blocks.Signatures):
            self._signatures(block)
        else:
            self._table(_boxed(block) if isinstance(block, blocks.Space) else block)

    def _paragraph(self, text: str, style: str = "Normal") -> WordParagraph:
        return self._document.add_paragraph(plain(text), style)

    def _indented(self, text: str) -> None:
        shape = self._paragraph(text).paragraph_format
        # In characters, so that the indent follows the size of the type; LibreOffice goes by the twips.
        indent = f'<w:ind {nsdecls("w")} w:firstLineChars="200" w:firstLine="{self._indent}"/>'
        shape.element.get_or_add_pPr().append(parse_xml(indent))
        shape.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def _head(self, block: blocks.Head) -> None:
        if block.code is not None:
            _coded(self._document.sections[-1], block.code)
        self._paragraph(block.title, "Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
        for line in block.lines:
            self._paragraph(line, "Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _table(self, block: blocks.Table) -> None:
        share = self._mm / sum(column.mm for column in block.columns)
        widths = [round(column.mm * share * 1440 / 25.4) for column in block.columns]
        text = environment().get_template("table.xml").render(
            table=block, widths=widths, size=15 if self._across else 21, latin=LATIN, font=FANGSONG, bold_font=HEI,
            least=round(block.least_mm * 1440 / 25.4),
        )  # fmt: skip
        # Word needs a paragraph between two tables, and python-docx one to put the table before.
        after = self._paragraph("", "Caption")
        after.paragraph_format.element.addprevious(parse_xml(text))

    def _signatures(self, block: blocks.Signatures) -> None:
        self._paragraph("", "Caption")
        if block.told:
            self._indented(block.told)
        for line in block.lines:
            self._paragraph(f"{line.label}：{line.name}＿＿＿＿＿＿＿＿").paragraph_format.keep_with_next = True
        for text in (f"{block.unit}{'（盖章）' if block.seal else ''}" if block.unit else "", block.day):
            if text:
                self._paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _boxed(space: blocks.Space) -> blocks.Table:
    return blocks.Table((blocks.Column("", 1),), (("",),), least_mm=space.mm, key=True)


def _dated(content: bytes, on: date) -> bytes:
    """Return the package with its fonts named, and every file dated to the paper's day instead of to now."""
    fonts = environment().get_template("fonts.xml").render(fonts=_NAMES).encode()
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for name in made.namelist():
            said = fonts if name == _FONT_TABLE else made.read(name)
            packed.writestr(ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0)), said, ZIP_DEFLATED)
    return buffer.getvalue()
