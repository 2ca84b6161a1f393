"""What ./dev decides without touching the machine."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

from devtools import cli, console, debian, odoo, process, renderers, stamps, testing
from devtools.console import CancelledError, DevError


@pytest.mark.parametrize(
    ("arguments", "database"),
    [
        ([], None),
        (["--log-level=info"], None),
        (["-d", "one"], "one"),
        (["-done"], "one"),
        (["--database", "one"], "one"),
        (["--database=one", "--no-http"], "one"),
        (["-d"], ""),
    ],
)
def test_finds_the_database_that_the_shell_is_asked_for(arguments, database):
    assert odoo.shell_database(arguments) == database


@pytest.mark.parametrize(
    ("arguments", "folders"),
    [
        ([], ["tests/unit"]),
        (["-k", "something"], ["tests/unit"]),
        (["tests/devtools/test_junit.py::test_x"], []),
        (["dev"], []),
    ],
)
def test_runs_the_whole_suite_unless_a_path_is_named(arguments, folders):
    assert testing._folders(arguments, "tests/unit") == folders


def test_finds_the_mirror_in_what_apt_lists(monkeypatch):
    listing = (
        "'http://mirror.example/debian/dists/bookworm/InRelease' x 0 \n"
        "'http://mirror.example/sec/dists/bookworm-security/InRelease' x 0 \n"
        "'http://mirror.example/debian/dists/bookworm/main/binary-all/Packages.xz' x\n"
    )
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(debian, "run", lambda *args, **options: listing)

    assert debian.mirror() == "http://mirror.example/debian"
    assert debian._security_mirror(debian.mirror()) == "http://mirror.example/sec"


def test_asks_for_a_mirror_where_apt_has_none_of_debian(monkeypatch):
    listing = "'http://mirror.example/ubuntu/dists/noble/InRelease' x 0 \n"
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(debian, "run", lambda *args, **options: listing)

    with pytest.raises(DevError, match="DEBIAN_MIRROR"):
        debian.mirror()


def test_links_of_unpacked_packages_stay_inside(tmp_path, monkeypatch):
    def unpack(command, what):
        (tmp_path / "usr/share/js").mkdir(parents=True)
        (tmp_path / "usr/share/js/a.js").write_text("1")
        (tmp_path / "usr/lib").mkdir()
        (tmp_path / "usr/lib/a.js").symlink_to("/usr/share/js/a.js")
        (tmp_path / "usr/lib/b.js").symlink_to("/usr/share/js/b.js")

    monkeypatch.setattr(debian, "run", unpack)

    debian.unpack([tmp_path / "one.deb"], tmp_path)

    assert (tmp_path / "usr/lib/a.js").read_text() == "1"
    assert os.readlink(tmp_path / "usr/lib/a.js") == "../share/js/a.js"
    assert debian.dangling_links(tmp_path) == [tmp_path / "usr/lib/b.js"]


def test_damaged_download_is_dropped(tmp_path):
    deb = tmp_path / "one.deb"
    deb.write_bytes(b"half")

    debian._drop_if_broken(deb, hashlib.sha256(b"half").hexdigest())
    assert deb.exists()

    debian._drop_if_broken(deb, hashlib.sha256(b"whole").hexdigest())
    assert not deb.exists()


@pytest.mark.parametrize("name", ["libc6", "libstdc++6", "perl-base", "systemd"])
def test_c_library_and_machine_tools_are_left_out(name):
    assert renderers._LEFT_OUT.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["libdbus-1-3", "libqt5webkit5", "libx11-6", "libnss3"]
)
def test_libraries_are_not_left_out(name):
    assert not renderers._LEFT_OUT.fullmatch(name)


def test_tree_digest_sees_content_and_names_but_no_bytecode(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = stamps.tree_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")

    assert stamps.tree_digest(tmp_path) == first

    (tmp_path / "a.py").rename(tmp_path / "b.py")
    renamed = stamps.tree_digest(tmp_path)
    (tmp_path / "b.py").write_text("2")

    assert len({first, renamed, stamps.tree_digest(tmp_path)}) == 3


def test_taken_port_is_seen_and_passed_over():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        assert not process.is_port_free(port)
        assert process.free_port(port) > port


def ends(pid):
    """Wait for a process that was killed: the kernel takes its time."""
    command = ["ps", "-o", "state=", "-p", str(pid)]
    for _ in range(100):
        state = subprocess.run(command, capture_output=True, text=True).stdout
        if not re.match(r"[RSD]", state):
            return True
        time.sleep(0.1)
    return False


def test_stop_ends_the_whole_group_and_only_that():
    script = "import subprocess, sys, time\n"
    script += (
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])"
    )
    script += "\nprint(c.pid, flush=True)\ntime.sleep(99)"
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"])
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    grandchild = int(child.stdout.readline())

    process.stop(child)

    assert child.poll() is not None
    assert ends(grandchild)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_cancelled_step_ends_and_starts_nothing_more():
    raised = []

    def step():
        try:
            process.run(["sleep", "60"], "sleep failed")
        except CancelledError as err:
            raised.append(err)

    thread = threading.Thread(target=step)
    thread.start()
    while not process._running:
        pass

    with process.cancelled():
        thread.join(10)
        with pytest.raises(CancelledError):
            process.run(["true"], "true failed")

    assert len(raised) == 1
    assert process.run(["true"], "true failed") == ""


def test_failed_step_is_one_sentence_with_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "LOGS", tmp_path)

    with pytest.raises(DevError, match="^It broke .details at the end of .*setup.log"):
        process.run(["sh", "-c", "echo why; exit 3"], "It broke")

    assert "why" in (tmp_path / "setup.log").read_text()


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (DevError("Do this."), "dev: Do this.\n"),
        (KeyError("odd"), "an unexpected error"),
        (PermissionError(13, "Permission denied"), "Permission denied (an unexpected"),
    ],
)
def test_failures_never_show_a_traceback(
    failure, sentence, tmp_path, monkeypatch, capsys
):
    def command(arguments):
        raise failure

    monkeypatch.setitem(cli.COMMANDS, "lint", command)
    monkeypatch.setattr(cli.paths, "LOGS", tmp_path)

    assert cli.main(["lint"]) == 1

    shown = capsys.readouterr().err
    assert sentence in shown
    assert "Traceback" not in shown


def test_unknown_command_shows_the_commands(capsys):
    assert cli.main(["dance"]) == 2
    assert "usage: ./dev" in capsys.readouterr().err


def test_plain_text_without_a_terminal():
    assert console.paint("x", 31) == "x"
