"""A report without what may be a secret: URLs and settings in its texts are masked."""

from __future__ import annotations

from dataclasses import replace

from jupyter_prov.record.cause import Advice, Cause
from jupyter_prov.record.masking import mask_urls
from jupyter_prov.report.model import CellReport, NotebookReport


def mask_report(report: NotebookReport) -> NotebookReport:
    """The report as it may be shown and written; what the cells are, and what was compared, stays."""
    return replace(
        report,
        environment={
            key: _each(value) if isinstance(value, list) else value for key, value in report.environment.items()
        },
        inputs=[{**one, "path": mask_urls(one["path"])} for one in report.inputs],
        cells=[_cell(cell) for cell in report.cells],
        blind_spots=_each(report.blind_spots),
    )


def _cell(cell: CellReport) -> CellReport:
    return replace(
        cell,
        causes=[_cause(cause) for cause in cell.causes],
        reason=mask_urls(cell.reason),
        failure=mask_urls(cell.failure),
    )


def _cause(cause: Cause) -> Cause:
    advice = Advice(mask_urls(cause.advice.sentence), mask_urls(cause.advice.edit))
    return replace(cause, explanation=mask_urls(cause.explanation), advice=advice)


def _each(texts: list[str]) -> list[str]:
    return [mask_urls(text) for text in texts]
