"""The default profile of a shopper without a profile, by segment.

The training data has new shoppers, too: an empty profile together with what the request declares (device, query,
segment). With any other default, serving would differ from training (law 5). The empty profile is therefore the default
of each segment that follows from a request alone. Segments that follow from behaviour need no default, because a
shopper with any behaviour has a profile.

The worker `profiles` stores this table in Feast when it starts, and readers use what is stored. Another default can
thus be tried, together with a model that was trained with it, without a release of the readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.features.profile import Profile

DEFAULTS: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "new_searching": Profile(),
        "new_phone": Profile(),
        "new_tablet": Profile(),
        "new_desktop": Profile(),
        "new_unknown": Profile(),
    }
)
