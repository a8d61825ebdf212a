"""An empty offline store for processes that use Feast online only: Feast requires one, and its own import slowly."""

from __future__ import annotations

from typing import Final, Literal

from feast.infra.offline_stores.offline_store import OfflineStore
from feast.repo_config import FeastConfigBaseModel

TYPE: Final = "services.features.feast_no_history.NoHistoryOfflineStore"


class NoHistoryOfflineStoreConfig(FeastConfigBaseModel):
    """Feast finds this class by name: the store's name with `Config` appended."""

    type: Literal["services.features.feast_no_history.NoHistoryOfflineStore"] = TYPE


class NoHistoryOfflineStore(OfflineStore):
    """Has no history: every query raises Feast's `NotImplementedError`."""
