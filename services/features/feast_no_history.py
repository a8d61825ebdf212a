"""An offline store for processes that read and write online only: Feast insists on one, and its own import seconds."""

from __future__ import annotations

from typing import Final, Literal

from feast.infra.offline_stores.offline_store import OfflineStore
from feast.repo_config import FeastConfigBaseModel

TYPE: Final = "services.features.feast_no_history.NoHistoryOfflineStore"


class NoHistoryOfflineStoreConfig(FeastConfigBaseModel):
    """Feast finds it by its name, beside the store's."""

    type: Literal["services.features.feast_no_history.NoHistoryOfflineStore"] = TYPE


class NoHistoryOfflineStore(OfflineStore):
    """Has no history: every question for one is Feast's `NotImplementedError`."""
