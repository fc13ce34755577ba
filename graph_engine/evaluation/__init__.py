"""How good a trained model is, head by head: confusion, curves, calibration, residuals, groups, samples."""

from graph_engine.evaluation.report import HeadReport, Report, head_report
from graph_engine.evaluation.samples import Sample, sample_rows, samples_by, samples_in_cell, write_table
from graph_engine.evaluation.subject import (
    Evaluation,
    RowsOf,
    Stopped,
    evaluate_project,
    judged_heads,
    output_masks,
    trainer_of,
)

__all__ = [
    "Evaluation",
    "HeadReport",
    "Report",
    "RowsOf",
    "Sample",
    "Stopped",
    "evaluate_project",
    "head_report",
    "judged_heads",
    "output_masks",
    "sample_rows",
    "samples_by",
    "samples_in_cell",
    "trainer_of",
    "write_table",
]
