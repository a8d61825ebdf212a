"""What stands in for a shopper without a profile, by segment.

The models learn from shoppers who had no profile either when they came, and what they learned of them is the empty
profile together with what the request declares (device, query, segment). Any other default would show a model newcomers
that it has never seen (law 5). So the empty profile is the default of each segment that a request alone can lead to;
segments of behaviour need none, because whoever behaved has a profile.

The worker `profiles` stores this table in Feast when it starts, and readers go by what is stored: another default
can be tried without a release of the readers, together with a model that was trained with it.
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
