"""What one run of a send lane keeps in memory; holds no records."""

import math
import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from ..core.dispatch import Dispatcher
from ..core.journal import Journal
from ..core.providers.base import Provider
from ..core.types import SendResult

# Without anything to claim the queue is looked at so often.
LOOK_SECONDS = 0.2
# So many results without one clear answer: the provider does not answer.
SILENT_RESULTS = 5


@dataclass
class SendRun:
    """One run: its threads, its journal, and when it may claim again for an account.

    All moments are of the monotonic clock.
    """

    uid: str
    dispatcher: Dispatcher
    log: Journal
    claim_until: float
    providers: dict[Hashable, Provider] = field(default_factory=dict)
    _claim_at: dict[Hashable, float] = field(default_factory=dict)
    _free_at: dict[Hashable, float] = field(default_factory=dict)
    _look_at: float = 0.0
    _silent: Counter[Hashable] = field(default_factory=Counter)

    def is_over(self) -> bool:
        """Return whether nothing more may be claimed."""
        return time.monotonic() >= self.claim_until

    def may_look(self) -> bool:
        """Return whether it is time to look at the queue."""
        return time.monotonic() >= self._look_at

    def looked(self, claimed: bool) -> None:
        """Note what the queue gave: after nothing the next look waits a moment."""
        self._look_at = time.monotonic() + (0 if claimed else LOOK_SECONDS)

    def may_claim(self, account: Hashable, count: int) -> bool:
        """Return whether the threads of an account can take ``count`` more now."""
        if time.monotonic() < self._claim_at.get(account, 0.0):
            return False
        return self.dispatcher.room(account) >= count

    def starts_left(self, account: Hashable, per_second: float) -> int:
        """Return how many calls of a paced account can still begin in this run.

        What is claimed beyond would be handed back, and its places would be lost.
        """
        begin = max(time.monotonic(), self._free_at.get(account, 0.0))
        return max(0, math.ceil((self.claim_until - begin) * per_second))

    def taken_for(self, account: Hashable, seconds: float) -> None:
        """Note for how long all lanes together have taken the account's pace."""
        self._free_at[account] = time.monotonic() + seconds

    def pause(self, account: Hashable, seconds: float) -> None:
        """Claim nothing for an account for so long."""
        self._claim_at[account] = time.monotonic() + seconds

    def keep_only(self, accounts: list[int]) -> None:
        """Hand back what waits for other accounts than these: they may not send."""
        for account in self.dispatcher.open_accounts():
            if account not in accounts:
                self.dispatcher.stop(account)

    def answered(self, account: Hashable, result: SendResult) -> None:
        """Note a result, in its thread: nothing more is begun with a silent provider.

        What waits is handed back at once; the account is put on hold, or goes on, when
        the results are written.
        """
        if result.status != "uncertain":
            self._silent[account] = 0
            return
        self._silent[account] += 1
        if self._silent[account] >= SILENT_RESULTS:
            self.dispatcher.stop(account)
