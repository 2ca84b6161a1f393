"""Samples the stacks of a server's scheduled actions, for a person to read.

Loaded server-wide by `--profile`. A thread looks every few milliseconds where the
cron worker is: that hardly slows it down, and other threads do not blur the picture.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path

PAUSE_SECONDS = 0.005
# A thread gives way to the sampler when it waits for the database, else after this
# time: short, or the picture would show waiting only.
SWITCH_SECONDS = 0.0005


class Sampler(threading.Thread):
    """Counts where one thread is: on top of its stack, and anywhere on it."""

    def __init__(self, thread_id):
        super().__init__(daemon=True)
        self._thread_id = thread_id
        self._end = threading.Event()
        self.inside = Counter()
        self.below = Counter()
        self.samples = 0

    def run(self):
        while not self._end.wait(PAUSE_SECONDS):
            frame = sys._current_frames().get(self._thread_id)
            if frame is not None:
                self._count(frame)

    def _count(self, frame):
        self.samples += 1
        self.inside[_name(frame)] += 1
        seen = set()
        while frame is not None:
            seen.add(_name(frame))
            frame = frame.f_back
        self.below.update(seen)

    def stop(self):
        self._end.set()
        self.join()


def _name(frame):
    code = frame.f_code
    return f"{code.co_filename}:{code.co_firstlineno} {code.co_qualname}"


def profile_crons():
    """Write one file of samples for each run of a scheduled action."""
    from odoo.addons.base.models.ir_cron import IrCron

    original = IrCron._callback
    sys.setswitchinterval(SWITCH_SECONDS)

    def _callback(self, cron_name, server_action_id):
        sampler = Sampler(threading.get_ident())
        sampler.start()
        try:
            return original(self, cron_name, server_action_id)
        finally:
            sampler.stop()
            _write(cron_name, sampler)

    IrCron._callback = _callback


def _write(cron_name, sampler):
    path = Path(os.environ["BENCH_PROFILE"], f"{os.getpid()}-{time.time_ns()}.json")
    found = {
        "cron": cron_name,
        "samples": sampler.samples,
        "inside": sampler.inside,
        "below": sampler.below,
    }
    # The server may be stopped meanwhile: half a file is none.
    half = path.with_suffix(".half")
    half.write_text(json.dumps(found))
    half.rename(path)
