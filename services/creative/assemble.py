"""Wires the process from its clients: `main.py` passes real ones, tests pass the shipped fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from services.assets.creative_sink import CreativeSink
from services.assets.library import Library
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.catalogue import Product, demo_catalogue
from services.catalogue.facts_table import FactsTable
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.common.consent import consent_of
from services.common.errors import Rejected
from services.common.secrets import Secrets
from services.common.token import TokenKeys
from services.creative.ad_request import Defaults
from services.creative.campaigns.at_request import CampaignParts, Campaigns
from services.creative.candidates.frequency import FrequencyCaps
from services.creative.candidates.increments import Increments, Tables
from services.creative.candidates.index import CandidateIndex
from services.creative.dependencies import Dependencies
from services.creative.generate import Studio
from services.creative.lay_out import LayOut, lay_out_by
from services.creative.outbox.journal import Journal
from services.creative.outbox.outbox import Outbox
from services.creative.outbox.quarantine import Quarantine
from services.creative.scoring.circuit_breaker_scorer import CircuitBreakerScorer
from services.creative.scoring.last_scores import LastKnownScores
from services.creative.servicer import CreativeServicer, Keys, Rules
from services.creative.settings import CreativeSettings
from services.features.ports import RequestProfiles
from services.models.batching_scorer import BatchingScorer
from services.models.ports import Models
from services.policies.posterior import Posterior
from services.wire.codec.ports import Sink


@dataclass(frozen=True, slots=True)
class Clients:
    """The external systems, behind ports."""

    clock: Clock
    profiles: RequestProfiles
    models: Models
    ctr_version: str
    generator_version: str
    connect: Callable[[], Sink]  # called from the outbox thread; may raise Unavailable
    posterior: Callable[[], Posterior]
    creatives: CreativeSink
    offers: Offers = field(default_factory=Offers)
    campaigns: CampaignParts = field(default_factory=CampaignParts)
    products: FactsTable = field(default_factory=lambda: FactsTable(demo_catalogue().vocabulary))
    lay_out: LayOut = field(default_factory=lay_out_by)  # of generated pictures
    text_encoder: str = ""  # version whose text vectors features take
    products_whole: Callable[[], bool] = lambda: True  # before, a product may seem to be missing


@dataclass(frozen=True, slots=True)
class Assembly:
    """The process without its port."""

    servicer: CreativeServicer
    dependencies: Dependencies
    library: Library
    increments: Increments
    outbox: Outbox

    def start(self) -> None:
        """Starts the background threads."""
        self.increments.start()
        self.outbox.start()

    def warm(self) -> None:
        """Finds what campaigns name among what was read, which the first request would do else; then come requests."""
        self.increments.spread()
        self.dependencies.campaigns.follow(self.increments.views.pools)

    def stop(self, drain_s: float) -> None:
        """Sends what waits for Kafka within `drain_s` and stops the threads."""
        self.outbox.stop(drain_s)
        self.increments.stop()
        self.dependencies.profiles.close()
        self.library.close()


def assemble(
    settings: CreativeSettings, clients: Clients, secrets: Secrets, token_keys: Callable[[], TokenKeys] | None = None
) -> Assembly:
    """Builds everything that needs no event loop; `token_keys`, if given, returns the keys after a rotation."""
    pictures, has = pictures_in(settings.assets_dir), clients.products.has
    library = Library(clients.creatives, pictures, has, clients.clock, four_eyes=settings.four_eyes)
    library.keep_house()
    tables = Tables(library.table, clients.products, clients.offers, clients.text_encoder)
    increments = Increments(tables, clients.posterior, library.house, clients.clock)
    increments.catch_up()
    dependencies = Dependencies(
        clock=clients.clock,
        profiles=clients.profiles,
        scorer=BatchingScorer(CircuitBreakerScorer(clients.models, clients.clock)),
        model_version=clients.ctr_version,
        candidate_index=CandidateIndex(lambda: increments.views, library.table.served, library.house),
        campaigns=Campaigns(clients.campaigns, clients.offers, lambda name: texts_of(library, name), clients.clock),
        last_known=LastKnownScores(),
        caps=FrequencyCaps(settings.frequency_limit, settings.frequency_window_s),
        seed_key=secrets.seed_key,
        experiment=settings.experiment,
        text_encoder=clients.text_encoder,
    )
    folder, most = settings.data_dir / "journal", settings.journal_bytes
    outbox = Outbox(clients.connect, Journal(folder, most), Quarantine(folder, most), settings.emission_queue)
    servicer = CreativeServicer(
        dependencies,
        Studio(clients.models, clients.generator_version, library, partial(_product, clients), clients.lay_out),
        outbox,
        Keys(secrets.pseudonym_key, token_keys or (lambda: secrets.token_keys)),
        _rules(settings, clients),
    )
    return Assembly(servicer, dependencies, library, increments, outbox)


def _rules(settings: CreativeSettings, clients: Clients) -> Rules:
    return Rules(
        settings.in_flight,
        settings.allow_seeds,
        settings.allow_approvals,
        settings.web_url,
        lambda product_id: clients.products.knows(product_id) or not clients.products_whole(),
        Defaults(consent_of(settings.consent), settings.renders),
    )


def _product(clients: Clients, product_id: str) -> Product:
    """The product as it is now; `Rejected` where there is none."""
    found = clients.products.get(product_id)
    if found is None:
        raise Rejected("invalid", "product_id", product_id, "a product of the shop's catalogue")
    return Product.of(found, to_ms(clients.clock.now()))


def texts_of(library: Library, creative_id: str) -> str:
    """All texts of a creative, a line each; none where it has just gone."""
    creative = library.table.get(creative_id)
    return "" if creative is None else "\n".join((creative.headline, creative.body, creative.call_to_action))
