"""The HTTP routes and the files of shops: what they begin with, some mutations, and faults that are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from services.tools.drills.fuzzing.judge import Judge
from services.tools.drills.fuzzing.mutate import mutated
from services.tools.drills.fuzzing.seeds.feed_files import BOMB_MIB, hostile_feeds
from services.tools.drills.fuzzing.target import NotAllowed, Target
from services.tools.drills.fuzzing.target_feeds import Importer, check_text, check_written
from services.tools.drills.fuzzing.target_web import check_answer
from services.tools.drills.fuzzing.targets import TARGETS
from services.tools.drills.fuzzing.web_under_test import HOME, LINK, SECRET, Answered, Asked, WebUnderTest
from services.web.settings import PRODUCT

ASKED = Asked("GET", b"/", b"", b"")
PAGES = frozenset({LINK.replace(PRODUCT, "tee-breton")})


@pytest.fixture(params=["web", "feeds", "mapped", "banners", "sheets", "campaigns"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    opened = TARGETS[request.param](tmp_path)
    yield opened
    opened.close()


def test_every_seed_and_some_mutations_are_answered(target: Target, tmp_path: Path) -> None:
    judge, chance = Judge(target, tmp_path / "current"), Random(1)
    mutations = [mutated(chance.choice(target.seeds), target, chance) for _ in range(100)]
    for case in (*target.seeds, *mutations):
        judge.look(case)
    assert not judge.findings
    assert len(judge.answers) > 3


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (500, (), b'{"error":{"code":"INTERNAL","field":"","message":"internal error"}}'),
        (503, (), b'{"error":{"code":"UNAVAILABLE","field":"","message":"nobody was down"}}'),
        (404, (), b"Not Found"),
        (404, (), b'{"error":{"code":"missing","field":"","message":"a code that there is not"}}'),
        (416, ((b"content-length", b"0"),), b""),
        (200, (), b"..." + SECRET),
        (200, ((b"x-user", b"a\r\nset-cookie: b"),), b""),
        (307, ((b"location", b"https://ads.shop.example/c/x"),), b""),
        (302, ((b"location", b"https://evil.example/"),), b""),
        (302, ((b"location", b"https://shop.example.evil.example/p/tee-breton"),), b""),
        (200, ((b"location", HOME.encode()),), b""),
    ],
)
def test_a_wrong_answer_is_noticed(status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> None:
    with pytest.raises(NotAllowed):
        check_answer(ASKED, Answered(status, headers, body, 0), PAGES)


@pytest.mark.parametrize("where", [HOME, *PAGES])
def test_the_shops_home_and_the_catalogues_pages_are_no_fault(where: str) -> None:
    check_answer(ASKED, Answered(302, ((b"location", where.encode()),), b"", 0), PAGES)


def test_the_hidden_files_lie_where_an_app_without_its_checks_would_read(tmp_path: Path) -> None:
    web = WebUnderTest(tmp_path)
    hidden = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == SECRET]
    assert tmp_path / "secret.json" in hidden
    assert tmp_path / "pictures" / "secret.json" in hidden
    asked = web.ask(Asked("GET", f"/a/{web.sha256}.png".encode(), b"", b""))
    assert (asked.status, asked.body) == (200, web.picture)
    web.close()


def test_an_archive_is_refused_before_it_fills_the_disk_and_one_that_is_not_is_noticed(tmp_path: Path) -> None:
    importer = Importer(tmp_path)
    bombs = [content for content in hostile_feeds() if content.startswith((b"\x1f\x8b", b"PK"))]
    assert [importer.take((b"", bomb)) for bomb in bombs] == ["refused by take"] * 2
    importer.close()
    for bomb in bombs:
        with pytest.raises(NotAllowed, match="bytes became"):
            check_written(len(bomb), BOMB_MIB << 20)


def test_a_message_that_a_terminal_would_obey_is_noticed() -> None:
    check_text("feed.csv is empty.")
    for message in ("two\nlines", "\x1b[2J", "x" * 5_000):
        with pytest.raises(NotAllowed):
            check_text(message)
