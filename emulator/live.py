"""Live updates: tells open phone pages that a conversation changed."""

import asyncio


class LiveUpdates:
    """One event for each listener; bursts melt into one."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self.closing = False

    def listen(self, key: str) -> asyncio.Event:
        """Return an event that is set when ``key`` (or any, for ``*``) changes."""
        event = asyncio.Event()
        self._listeners.setdefault(key, set()).add(event)
        return event

    def forget(self, key: str, event: asyncio.Event) -> None:
        """Stop telling a listener."""
        self._listeners.get(key, set()).discard(event)

    def changed(self, key: str) -> None:
        """Wake the listeners of a conversation and of the list."""
        for name in (key, "*"):
            for event in self._listeners.get(name, ()):
                event.set()

    def close(self) -> None:
        """Wake everybody, to end."""
        self.closing = True
        for events in self._listeners.values():
            for event in events:
                event.set()
