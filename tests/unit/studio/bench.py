"""A studio on shipped fakes: creatives in memory, pictures in a folder."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.campaigns.campaign_messages import CampaignRead
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.terms import terms_of
from services.assets.changes import changed
from services.assets.creative import Creative
from services.assets.creative_messages import DatedCreative, message_of
from services.assets.creative_sink import CreativeSink
from services.assets.life import Action
from services.assets.memory_library import memory_creatives
from services.assets.pictures.picture_store import PictureStore, pictures_in
from services.assets.pictures.prepared_photos import PreparedPhotos
from services.assets.screened import Screener
from services.catalogue.photos.ledger import Ledger
from services.common.clock import FixedClock, to_ms
from services.composer.photos.cut_out import NoCutOut
from services.screening.judges import Given
from services.screening.policy import with_own
from services.studio.again.judged import Judged
from services.studio.again.library import Library
from services.studio.again.recheck import Recheck, Rechecked, rechecked
from services.studio.again.rescreen import Rescreening
from services.studio.approval import Approval, Verdicts, Who
from services.studio.asked_formats import AskedFormats
from services.studio.desk import Desk, Waiting
from services.studio.maker import Job, Made, Maker
from services.studio.order import Rank, rank_of
from services.studio.settings import counts_of
from services.studio.share import WHOLE, Share
from services.studio.wishes import Wishes
from services.studio.work import Shelf, Studio, Terms
from services.wire.codec.envelope import Position

MODELS = ("image_safety", "reads_back", "unsafe_words", "offence")
WITHOUT_MODELS = with_own("bench", {"checks": {name: {"composed": "never"} for name in MODELS}})
PHOTO_WAIT_MS = 60_000
FORMATS = "300x250:3,320x50:1"
Submit = Callable[[Maker, Job], Future[Made]]
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def at_once(maker: Maker, job: Job) -> Future[Made]:
    """Does the job in this thread."""
    future = Future[Made]()
    try:
        future.set_result(maker.made(job))
    except Exception as error:
        future.set_exception(error)
    return future


def product(product_id: str = "tee", **fields: object) -> Product:
    base: dict[str, object] = {"product_id": product_id, "title": "Breton tee", "price_minor": 2900, "currency": "EUR"}
    base |= {"availability": 1, "language": "en", "product_type": "Clothing > T-shirts", "material": "Cotton"}
    return Product(**{**base, **fields})  # type: ignore[arg-type]


@dataclass
class Bench:
    """What stands on the topics, and a studio that can be started anew."""

    folder: Path
    who: Who = "studio"
    screener: Screener = field(default_factory=lambda: Screener(Given(), WITHOUT_MODELS))
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    messages: int = 0

    def __post_init__(self) -> None:
        self.creatives: CreativeSink = memory_creatives(self.clock)
        self.pictures: PictureStore = pictures_in(self.folder)
        self.start()

    def start(self, submit: Submit | None = None, share: Share = WHOLE, counts: str = FORMATS, **terms: Any) -> None:
        """As after a `kill -9`: nothing is left but the topics. `submit` gives jobs to the maker, now or later."""
        self.ledger = Ledger(0)
        self.desk = Desk(share, self.rank, self.ledger, PHOTO_WAIT_MS)
        self.campaigns = CampaignTable()
        self.asked = AskedFormats(2, counts_of(counts))
        self.wishes = Wishes(self.campaigns, self.asked)
        self.photos, self.verdicts = PreparedPhotos(self.pictures, NoCutOut()), Verdicts()
        wanted = Terms(counts_of(counts), Approval(self.who, sample=0.0), **terms)
        self.maker = Maker(self.photos, self.screener)
        job_to = partial(submit, self.maker) if submit else lambda job: at_once(self.maker, job)
        self.studio = Studio(self.desk, Shelf(self.creatives, self.verdicts, self.wishes), job_to, wanted, self.clock)
        self.judged = Judged()
        self.library = Library(self.creatives, self.judged, self.desk, share)
        self.again = Rescreening(self.library, self.rescreened, self.studio.hour, self.clock, at_once=2)
        self.hear()

    def rescreened(self, job: Recheck) -> Future[Rechecked]:
        future = Future[Rechecked]()
        try:
            future.set_result(rechecked(job, self.screener, self.photos))
        except Exception as error:
            future.set_exception(error)
        return future

    def rank(self, waiting: Waiting) -> Rank:
        ratings = waiting.product.rating_count if waiting.product is not None else 0
        return rank_of(
            waiting.product_id,
            in_campaign=waiting.product is not None and self.wishes.wants(waiting.product),
            has_work=True,
            changed_ms=waiting.changed_ms,
            ratings=ratings,
        )

    def say(self, *products: Product) -> None:
        for one in products:
            self.desk.put_product(one.product_id, one, self.next(), to_ms(self.clock.now()))

    def campaign(self, **fields: Any) -> None:
        """A campaign is so from now on; it runs at once."""
        campaign = Campaign(campaign_id="spring", **fields)
        self.campaigns.apply(CampaignRead("spring", terms_of(campaign, to_ms(self.clock.now())), self.next()))
        self.desk.look_at(self.wishes.follow(to_ms(self.clock.now()), self.desk.products))

    def judge(self, creative: Creative, action: Action, by: str = "ada") -> None:
        """A person says so, and the studio hears of it."""
        self.creatives.put([after := changed(creative, action, by, "looked at", self.clock.now())])
        self.desk.look_at(self.verdicts.take(after))

    def end(self, product_id: str) -> None:
        self.desk.put_product(product_id, None, self.next(), to_ms(self.clock.now()))

    def photograph(self, link: str, colour: str, content: bytes = b"", side: int = 600) -> None:
        png = io.BytesIO()
        Image.new("RGB", (side * 3 // 4, side), colour).save(png, "PNG")
        photo = Photo(link=link, sha256=self.pictures.put(content or png.getvalue()), media_type="image/png")
        self.desk.put_photo(link, photo, self.next())

    def next(self) -> Position:
        self.messages += 1
        return Position(0, self.messages, self.messages)

    def work(self, later: timedelta = timedelta(0)) -> None:
        self.clock.advance(later)
        while self.studio.step() > len(self.studio.under_way):
            pass
        self.hear()

    def hear(self) -> None:
        """What was published is read back."""
        for one in self.creatives.table.all(lambda row: True):
            self.judged.take(DatedCreative(one.creative_id, message_of(one), self.next()))

    def screen_by(self, screener: Screener, stops: Callable[[Creative], Creative] | None = None) -> None:
        """The shop screens so from now on; what is judged otherwise is screened again, in as many steps as it takes."""
        self.screener = screener
        self.maker = Maker(self.photos, screener)
        if stops is not None:
            self.again.stop(stops)
        self.again.begin(screener.version)

    def screen(self) -> None:
        """Until nothing waits to be screened again."""
        while self.again.step(is_busy=False):
            self.hear()
        self.work()

    def shown(self, state: str = "APPROVED") -> dict[str, Creative]:
        found = self.creatives.table.all(lambda row: row.state == state)
        return {creative.creative_id: creative for creative in found}
