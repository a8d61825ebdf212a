"""The worker `profiles`, whose client does not know the changelog's topic at first: `python uninformed_worker.py`.

As where a broker does not tell yet of a topic that was made a moment ago.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

from faust.assignor.partition_assignor import PartitionAssignor

from services.stream.main import main

UNINFORMED = 2  # assignments

_informed = PartitionAssignor._get_copartitioned_groups
_assignments = itertools.count()


def _uninformed(topics: set[str], cluster: Any, subscriptions: Any) -> Any:
    knows_all = next(_assignments) >= UNINFORMED
    known = {topic for topic in topics if knows_all or not topic.endswith("-changelog")}
    return _informed(known, cluster, subscriptions)


if __name__ == "__main__":
    setattr(PartitionAssignor, "_get_copartitioned_groups", staticmethod(_uninformed))  # noqa: B010
    sys.exit(main())
