"""What programs left that ran one after the other in one process, and who of them is in doubt.

A process of many programs tells less than one of a single program: its leak check speaks for all of them, and what one
of them spoils another one may pay for. So such an observation counts only if nothing at all is remarkable about it;
every other program is run again alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from omnitest.engines.batch_process import Company, Ended


@dataclass(frozen=True, slots=True)
class Guest:
    """One program that ended in company: its number, exit ``status`` and CPU ``seconds``, the outcome ``record`` and
    what it wrote. ``doubtful`` says that memory was not given back, or that memcheck reported something."""

    index: int
    status: int
    seconds: float
    doubtful: bool
    record: bytes
    output: bytes
    stderr: str


def guests(directory: Path, company: Company) -> Iterator[Guest]:
    """The programs that ended in ``company``, as far as the files in ``directory`` make sense."""
    if not company.ended:
        return
    rows, records, outputs, errors = (
        (directory / f"{company.first}.together.{name}").read_bytes() for name in ("rows", "records", "out", "err")
    )
    record = output = error = 0
    for number, row in enumerate(rows.decode("ascii", "replace").splitlines()[: company.ended]):
        try:
            index, status, seconds, doubtful, *ends = row.split()
            to_record, to_output, to_error = map(int, ends)
            guest = Guest(
                int(index),
                int(status),
                float(seconds),
                doubtful != "0",
                records[record:to_record],
                outputs[output:to_output],
                errors[error:to_error].decode("utf-8", "replace"),
            )
        except ValueError:
            return  # overwritten by a program: those after it are without an observation
        if guest.index != company.first + number:
            return
        record, output, error = to_record, to_output, to_error
        yield guest


def is_quiet(company: Company) -> bool:
    """Whether the checks at the end of the process found nothing; none were made if it ended within a program."""
    return company.interrupted or (company.how is Ended.EXITED and company.code == 0)


def again(company: Company, accepted: set[int]) -> list[range]:
    """The programs to run together once more when ``company`` ended with a report: those of ``accepted`` without the
    others if there are any, whom the report may be about, or in two halves."""
    first, end = company.first, company.first + company.ended
    if len(accepted) == company.ended:
        middle = (first + end) // 2
        parts = [range(first, middle), range(middle, end)]
    else:
        doubtful = [first - 1, *(i for i in range(first, end) if i not in accepted), end]
        parts = [range(a + 1, b) for a, b in pairwise(doubtful)]
    return [part for part in parts if len(part) > 1]
