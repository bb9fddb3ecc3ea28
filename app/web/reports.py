"""The report of a month or a year, as a page to print and as a PDF file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.name_order import order
from app.services import heatpumps
from app.web import periods, visible
from app.web.access import signed_in
from app.web.parts import system
from app.web.periods import Range

if TYPE_CHECKING:
    from app.web.report_blocks import Block

pages = Blueprint("reports", __name__, url_prefix="/report")


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """?period=2026-10 or 2026, by default the month before; ?heatpump_id= for one heat pump."""
    chosen, title, blocks = _report()
    return render_template(
        "reports/page.html",
        chosen=chosen,
        title=title,
        blocks=[(type(block).__name__, block) for block in blocks],
        wanted=request.args.get("heatpump_id", ""),
        pumps=visible.heat_pumps(),
        now=system().clock(),
        period=periods.title(chosen),
    )


@pages.get("/report.pdf")
@signed_in
def pdf() -> ResponseReturnValue:
    from app.web import report_pdf  # who prints nothing need not carry it

    chosen, title, blocks = _report()
    name = f"heat-pumps-{chosen.name}.pdf"
    return Response(
        report_pdf.made(title, blocks),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _report() -> tuple[Range, str, list[Block]]:
    from app.services import report
    from app.web import report_blocks

    chosen = periods.chosen(request.args.get("period") or periods.last_month())
    wanted = request.args.get("heatpump_id")
    pumps = [heatpumps.get(system(), wanted)] if wanted else visible.heat_pumps()
    sheets = [
        report.sheet(system(), pump, chosen.unit, chosen.start, chosen.end, chosen.before)
        for pump in sorted(pumps, key=lambda pump: order(pump.name))
    ]
    title = gettext("Operating report %(period)s", period=periods.title(chosen))
    return chosen, title, report_blocks.blocks(sheets, chosen)
