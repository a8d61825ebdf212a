"""The settings of the process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from services.common.consent import ALLOWED_UNLESS_SAID, ConsentSetting
from services.common.settings import Address, AtLeastOne, NotNegative, Port, Seconds, Url

PRODUCT = "{product_id}"
_NAME = re.compile(r"([A-Za-z][\w.-]*|)", re.ASCII)
_LINK = re.compile(r"(https?://[^\s/\\{]+|)/(?![/\\])[^\s\\]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class LinkForm:
    """The form of the address of a product's page."""

    def __contains__(self, link: str) -> bool:
        return link.count(PRODUCT) == 1 and _LINK.fullmatch(link) is not None

    def __str__(self) -> str:
        return f"like https://shop.example/p/{PRODUCT}, or a path of this server"


@dataclass(frozen=True, slots=True)
class ParameterName:
    """The form of a query parameter's name that needs no escaping."""

    def __contains__(self, name: str) -> bool:
        return _NAME.fullmatch(name) is not None

    def __str__(self) -> str:
        return "a name of letters, digits, _, . and -, like adloom; or nothing"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Read from `ADLOOM_*`; addresses are host:port."""

    web: Address = "127.0.0.1:8080"  # where this server listens
    web_url: Url = ""  # where browsers find it; empty: http:// and the address above
    web_link: Annotated[str, LinkForm()] = f"/demo?product={PRODUCT}"  # a product's page
    web_click_parameter: Annotated[str, ParameterName()] = ""  # tells it the click's token; empty: nothing does
    web_home: Url = ""  # the shop, for clicks whose token is not ours or too old; empty: they are answered 404
    web_demo: bool = True  # whether the demo shop is served
    web_origins: str = ""  # origins whose pages may use /v1/, comma-separated, besides our own; "*": all
    web_proxies: str = ""  # addresses of gateways whose X-Forwarded-For is believed, comma-separated
    web_rate_per_s: NotNegative = 200.0  # requests of one address or key on average; 0: no limit
    web_burst: AtLeastOne = 1000  # and at once
    web_connections: AtLeastOne = 512  # at a time; more are answered 503
    creative: str = "127.0.0.1:50051"
    events: str = "127.0.0.1:50052"
    kafka: str = "127.0.0.1:9092"
    health_port: Port = 0  # 0: any free port
    health_host: str = "127.0.0.1"
    secrets_dir: Path = field(default_factory=lambda: Path(".adloom/secrets"))
    assets_dir: str = ".adloom/data/assets"  # a folder, or the URL of an object store
    catalogue: Path | None = None  # a JSON file; None: the demo catalogue
    consent: ConsentSetting = ALLOWED_UNLESS_SAID  # of shoppers whose pages do not say what they allow
    select_s: Seconds = 0.5  # the longest that a page waits for its ads
    events_s: Seconds = 10.0
    patience_s: Seconds = 5.0  # for a request's headers, and again for its body
    drain_s: Seconds = 5.0  # after SIGTERM: for requests in flight, then as long again for Kafka

    @property
    def url(self) -> str:
        """Where browsers find this server."""
        return self.web_url or f"http://{self.web}"

    @property
    def front(self) -> str:
        """Where a click leads that is on no product's ad; empty: nowhere."""
        return self.web_home or (f"{self.url}/demo" if self.web_demo else "")
