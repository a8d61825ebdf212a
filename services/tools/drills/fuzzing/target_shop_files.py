"""The fuzzing targets of what a shop writes by hand: campaigns in YAML, and sheets that describe banners."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from services.assets.banners.banner_rows import About, BannerRow, rows_of
from services.assets.banners.dates import check_order, end_of, start_of
from services.assets.campaigns.check_campaign import check_all
from services.assets.campaigns.read_yaml import read_yaml
from services.common.errors import Misconfigured, Rejected
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_feeds import check_text

_LARGEST: Final = 200_000  # bytes; Python's YAML reads some 100 kB a second, and a file of campaigns has a few
_YAML_S: Final = 4.0
_LINES_A_SECOND: Final = 500.0
_CAMPAIGN: Final = b"""campaigns:
  - campaign_id: spring
    name: Spring sale
    product_types: ["Clothing > Shirts"]
    formats: [300x250, 728x90]
    placements: [front]
    time_zone: Europe/Berlin
    starts_at: 2026-03-01
    ends_at: 2026-03-31T20:00:00+01:00
    impression_budget: 100000
    hours: [8, 9]
    pacing: asap
    frequency_caps: [{impressions: 3, within_s: 86400}]
    devices: [phone]
    languages: [de, en-GB]
    priority: 3
    paused: false
"""
_SHEET: Final = (
    "file,product_id,format,headline,body,call_to_action,link,starts,ends\n"
    "a.png,tee,300x250,Shirt,Soft,Look,https://shop.example/tee,2026-03-01,2026-03-31\n"
    'b.gif,,,"Two\nlines",,,,2026-03-01T10:00:00Z,\n'
    "../c.png,,,,,,,,\n"
)


def campaigns_target(folder: Path) -> Target:
    """Files of `adloom campaigns apply`."""
    files = _Files(folder)
    seeds: list[Case] = [(_CAMPAIGN,), (_CAMPAIGN.replace(b"campaigns:\n", b""),), (b"[]",), (b"&a [*a, *a]",)]
    words = [*_CAMPAIGN.split(), b"&a", b"*a", b"<<:", b"!!python/object:os.system", b"9" * 30, b"\xff", b"[" * 50]
    return Target(
        "campaigns", files.campaigns, seeds, (Shape.TEXT,), words, _LARGEST, needs_s=_YAML_S, close=files.close
    )


def sheets_target(folder: Path) -> Target:
    """Sheets of `adloom library add`."""
    files = _Files(folder)
    seeds: list[Case] = [(_SHEET.encode(),), (_SHEET.replace(",", ";").encode("utf-8-sig"),), (b"file\nx.png\n",)]
    words = [
        *_SHEET.replace("\n", ",").encode().split(b","),
        b"\t",
        b";",
        b'"',
        b"../../etc/passwd",
        b"/",
        b"\0",
        b"\xff",
    ]
    return Target("sheets", files.sheet, seeds, (Shape.TEXT,), words, _LARGEST, _LINES_A_SECOND, close=files.close)


class _Files:
    """Reads a case as a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._memory = tempfile.TemporaryDirectory(dir=folder)
        self._folder = Path(self._memory.name)
        (self._folder / "banners").mkdir()

    def close(self) -> None:
        """Removes the folder."""
        self._memory.cleanup()

    def campaigns(self, case: Case) -> str:
        """Reads and checks the campaigns in a case; returns how many there are, or why they are refused."""
        path = self._folder / "campaigns.yaml"
        path.write_bytes(b"".join(case))
        try:
            found = read_yaml(path)
            check_all(found)
        except (Misconfigured, Rejected) as refused:
            return _told(refused)
        return f"{min(len(found), 3)} campaigns"

    def sheet(self, case: Case) -> str:
        """Reads the rows of the sheet in a case; returns the kinds of answers."""
        sheet, folder = self._folder / "sheet.csv", self._folder / "banners"
        sheet.write_bytes(b"".join(case))
        try:
            rows = rows_of(folder, sheet, About())
        except Misconfigured as refused:
            return _told(refused)
        return ", ".join(sorted({_answer(row, folder) for row in rows})[:4])


def _answer(row: BannerRow, folder: Path) -> str:
    if row.wrong is not None:
        return _told(row.wrong)
    if not row.path.resolve().is_relative_to(folder.resolve()):
        raise NotAllowed(f"a sheet leads out of its folder: {row.path}")
    try:
        check_order(start_of(row.about.starts), end_of(row.about.ends))
    except Rejected as refused:
        return _told(refused)
    return "a row"


def _told(refused: Misconfigured | Rejected) -> str:
    """The kind of a refusal, whose message must be one that a terminal can show."""
    check_text(str(refused))
    return f"{refused.reason} {refused.field.rpartition('.')[2][:30]}" if isinstance(refused, Rejected) else "refused"
