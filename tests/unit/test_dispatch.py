"""Many calls in flight from plain data."""

import threading
import time

import pytest

from odoo.addons.cobranza_whatsapp.core import dispatch
from odoo.addons.cobranza_whatsapp.core.errors import NotStarted, ProviderError
from odoo.addons.cobranza_whatsapp.core.types import Failure

SOON = 2.0


def collect_all(dispatcher):
    """Return {key: outcome} of everything that was submitted."""
    outcomes = {}
    while dispatcher.in_flight:
        outcomes.update(dispatcher.collect(SOON))
    return outcomes


def test_results_come_back_with_their_keys():
    with dispatch.Dispatcher(4) as dispatcher:
        for number in range(20):
            dispatcher.submit("a", number, lambda n=number: n * n)
        outcomes = collect_all(dispatcher)

    assert outcomes == {number: number**2 for number in range(20)}


def test_exception_is_handed_back_as_the_result():
    error = RuntimeError("boom")

    def fail():
        raise error

    with dispatch.Dispatcher(1) as dispatcher:
        dispatcher.submit("a", "key", fail)

        assert dispatcher.collect(SOON) == [("key", error)]


def test_collect_waits_no_longer_than_asked():
    started = time.monotonic()
    with dispatch.Dispatcher(1) as dispatcher:
        assert dispatcher.collect(0.01) == []

    assert time.monotonic() - started < SOON


def test_room_is_threads_and_waiting_of_each_account():
    gate = threading.Event()
    with dispatch.Dispatcher(2, waiting=3) as dispatcher:
        for number in range(4):
            dispatcher.submit("a", number, lambda: gate.wait(SOON))

        assert dispatcher.room("a") == 1
        assert dispatcher.room("b") == 5
        assert dispatcher.in_flight == 4

        gate.set()
        collect_all(dispatcher)
        assert dispatcher.room("a") == 5


def test_silent_account_delays_no_other():
    gate = threading.Event()
    with dispatch.Dispatcher(1) as dispatcher:
        dispatcher.submit("silent", "late", lambda: gate.wait(SOON))
        dispatcher.submit("good", "early", lambda: "done")

        assert dispatcher.collect(SOON) == [("early", "done")]
        gate.set()


def test_calls_of_one_account_run_side_by_side():
    meeting = threading.Barrier(3, timeout=SOON)
    with dispatch.Dispatcher(3) as dispatcher:
        for number in range(3):
            dispatcher.submit("a", number, meeting.wait)
        outcomes = collect_all(dispatcher)

    assert sorted(outcomes.values()) == [0, 1, 2]


def test_start_waits_for_its_moment():
    moment = time.monotonic() + 0.05
    with dispatch.Dispatcher(1) as dispatcher:
        dispatcher.submit("a", "key", time.monotonic, moment)
        [(_key, started)] = dispatcher.collect(SOON)

    assert started >= moment


def test_leaving_waits_for_what_is_in_flight():
    ended = []
    with dispatch.Dispatcher(1) as dispatcher:
        dispatcher.submit("a", 1, lambda: (time.sleep(0.05), ended.append(1)))

    assert ended == [1]


def test_after_an_error_what_waits_never_starts():
    started, gate = [], threading.Event()

    def run(number):
        started.append(number)
        gate.wait(SOON)

    dispatcher = dispatch.Dispatcher(1, waiting=5)

    def stop_in_the_middle():
        with dispatcher:
            for number in range(3):
                dispatcher.submit("a", number, lambda n=number: run(n))
            while not started:
                time.sleep(0.001)
            threading.Timer(0.05, gate.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_in_the_middle()
    assert started == [0]


def test_nothing_starts_after_the_last_moment():
    gate, started = threading.Event(), []
    last = time.monotonic() + 0.05
    with dispatch.Dispatcher(1, waiting=9, start_until_seconds=last) as dispatcher:
        dispatcher.submit("a", "in flight", lambda: gate.wait(SOON))
        dispatcher.submit("a", "waits for its turn", lambda: started.append(1))
        dispatcher.submit("b", "starts too late", lambda: started.append(2), last + 9)
        threading.Timer(0.1, gate.set).start()
        outcomes = collect_all(dispatcher)

    assert started == []
    assert outcomes.pop("in flight") is True
    assert [type(outcome) for outcome in outcomes.values()] == [NotStarted, NotStarted]


def test_stopped_account_hands_back_what_waits():
    gate = threading.Event()
    with dispatch.Dispatcher(1, waiting=9) as dispatcher:
        dispatcher.submit("a", "in flight", lambda: gate.wait(SOON))
        dispatcher.submit("a", "waits", lambda: "called")
        dispatcher.submit("paced", "waits too", lambda: "called", time.monotonic() + 9)
        dispatcher.submit("other", "goes on", lambda: "called")
        began = time.monotonic()
        for account in ("a", "paced", "nobody"):
            dispatcher.stop(account)
        gate.set()
        outcomes = collect_all(dispatcher)
        dispatcher.submit("a", "later", lambda: "called")
        later = collect_all(dispatcher)

    assert time.monotonic() - began < SOON
    assert outcomes["in flight"] is True
    assert isinstance(outcomes["waits"], NotStarted)
    assert isinstance(outcomes["waits too"], NotStarted)
    assert outcomes["goes on"] == later["later"] == "called"


def test_accounts_with_open_calls_are_known():
    with dispatch.Dispatcher(1) as dispatcher:
        dispatcher.submit("a", "key", lambda: None)
        assert dispatcher.open_accounts() == ["a"]

        collect_all(dispatcher)
        assert dispatcher.open_accounts() == []


# --- run_all --------------------------------------------------------------------------


def test_run_all_returns_every_outcome():
    jobs = {number: lambda n=number: n + 1 for number in range(10)}

    assert dispatch.run_all(jobs) == {number: number + 1 for number in range(10)}


def test_run_all_of_nothing_is_nothing():
    assert dispatch.run_all({}) == {}


def test_run_all_hands_back_what_a_provider_refused():
    error = ProviderError(Failure("hold", code="190"))

    def refuse():
        raise error

    assert dispatch.run_all({1: refuse, 2: lambda: "ok"}) == {1: error, 2: "ok"}


def test_run_all_raises_anything_else_once_all_have_ended():
    ended = []

    def fail():
        raise ZeroDivisionError

    def slow():
        time.sleep(0.05)
        ended.append(True)

    with pytest.raises(ZeroDivisionError):
        dispatch.run_all({1: fail, 2: slow})
    assert ended == [True]


def test_run_all_hands_back_what_did_not_start_in_time():
    outcomes = dispatch.run_all({1: lambda: "ok"}, 1, time.monotonic() - 1)

    assert isinstance(outcomes[1], NotStarted)
