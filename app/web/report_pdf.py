"""A report as a PDF file, made on this machine."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Container, Sequence
from html import escape
from pathlib import Path
from typing import Any

import reportlab
from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from app.web import drawing, shown
from app.web.report_blocks import Bars, Block, Facts, Heading, Table, Text

MARGIN = 18 * mm
WIDTH: float = A4[0] - 2 * MARGIN
QUIET, RULE = colors.HexColor("#5a6664"), colors.HexColor("#d5d9d3")
COLOURS = {"electric": colors.HexColor("#0072b2"), "heat": colors.HexColor("#d1493a")}
FACES = {"Report": "Vera.ttf", "Report-Bold": "VeraBd.ttf"}
SUBSTITUTES = {"₂": "2", "→": "–", "‹": "<", "›": ">", "≠": "!="}
"""For signs that the font has not. Letters that it has not lose their accents."""

BODY = ParagraphStyle("body", fontName="Report", fontSize=9, leading=13)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=11, textColor=QUIET)
TITLES = {
    1: ParagraphStyle("h1", parent=BODY, fontName="Report-Bold", fontSize=17, leading=22, spaceAfter=4),
    2: ParagraphStyle("h2", parent=BODY, fontName="Report-Bold", fontSize=14, leading=18),
    3: ParagraphStyle("h3", parent=BODY, fontName="Report-Bold", fontSize=10, leading=14, spaceBefore=8, spaceAfter=3),
}


def made(title: str, blocks: Sequence[Block]) -> bytes:
    """The file. Each heat pump after the first begins a page."""
    _load_fonts()
    story: list[Any] = [Paragraph(_plain(title), TITLES[1])]
    begun = False
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            if begun:
                story.append(PageBreak())
            begun = True
        story += _drawn(block)
    content = io.BytesIO()
    SimpleDocTemplate(
        content, pagesize=A4, title=title, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN
    ).build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return content.getvalue()


def _drawn(block: Block) -> list[Any]:
    if isinstance(block, Heading):
        return [Paragraph(_plain(block.text), TITLES[block.level])]
    if isinstance(block, Text):
        return [Paragraph(_plain(block.text), SMALL if block.quiet else BODY), Spacer(1, 2 * mm)]
    if isinstance(block, Facts):
        rows = [[_cell(what), _cell(value)] for what, value in block.pairs]
        return [_grid(rows, [WIDTH * 0.55, WIDTH * 0.45]), Spacer(1, 3 * mm)]
    if isinstance(block, Table):
        return [_table(block), Spacer(1, 3 * mm)]
    return [_bars(block), Spacer(1, 3 * mm)]


def _table(table: Table) -> Grid:
    first = WIDTH * (0.28 if len(table.head) < 6 else 0.2)
    rest = (WIDTH - first) / max(1, len(table.head) - 1)
    rows = [[_cell(text, SMALL) for text in table.head], *([_cell(text) for text in row] for row in table.rows)]
    if table.foot:
        rows.append([_cell(text, TITLES[3]) for text in table.foot])
    return _grid(rows, [first, *[rest] * (len(table.head) - 1)], repeatRows=1)


def _grid(rows: list[list[Paragraph]], widths: list[float], **more: Any) -> Grid:
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    return Grid(rows, colWidths=widths, style=TableStyle(style), **more)


def _bars(block: Bars) -> Drawing:
    """The drawing of the page on paper: its units scaled to the width, and up instead of down."""
    scale = WIDTH / drawing.WIDTH
    paper = Drawing(WIDTH, drawing.HEIGHT * scale)

    def up(y: float) -> float:
        return float((drawing.HEIGHT - y) * scale)

    for tick in block.drawn.left:
        paper.add(
            Line(
                drawing.LEFT * scale,
                up(tick.place),
                (drawing.WIDTH - drawing.RIGHT) * scale,
                up(tick.place),
                strokeColor=RULE,
                strokeWidth=0.4,
            )
        )
        paper.add(_string((drawing.LEFT - 6) * scale, up(tick.place + 4), shown.plain(tick.value), "end"))
    for tick in block.drawn.right:
        x = (drawing.WIDTH - drawing.RIGHT + 6) * scale
        paper.add(_string(x, up(tick.place + 4), shown.plain(tick.value), "start"))
    for bar in block.drawn.bars:
        paper.add(
            Rect(
                bar.x * scale,
                up(bar.y + bar.height),
                bar.width * scale,
                bar.height * scale,
                fillColor=COLOURS.get(bar.kind, QUIET),
                strokeColor=None,
            )
        )
    for dot in block.drawn.dots:
        paper.add(Circle(dot.x * scale, up(dot.y), 2.2, fillColor=colors.black, strokeColor=colors.white))
    for label in block.drawn.labels:
        paper.add(_string(label.x * scale, up(drawing.HEIGHT - 6), label.text, "middle"))
    return paper


def _string(x: float, y: float, text: str, anchor: str) -> String:
    return String(x, y, _signs(text), fontName="Report", fontSize=7, fillColor=QUIET, textAnchor=anchor)


def _cell(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(_plain(text), style)


def _plain(text: str) -> str:
    return escape(_signs(text))


def _signs(text: str) -> str:
    """The text in signs that the font has; a question mark where there is nothing like it."""
    known = pdfmetrics.getFont("Report").face.charToGlyph
    return "".join(each if ord(each) in known or each.isspace() else _substitute(each, known) for each in text)


def _substitute(sign: str, known: Container[int]) -> str:
    plain = SUBSTITUTES.get(sign) or unicodedata.normalize("NFKD", sign)
    return "".join(each for each in plain if ord(each) in known) or "?"


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont("Report", 7)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(A4[0] - MARGIN, 9 * mm, str(document.page))


def _load_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for face, file in FACES.items():
        if face not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face, folder / file))
