"""``python -m emulator --port N [--state DIR] [--specs DIR]``."""

import argparse
import asyncio
import signal
from pathlib import Path

from aiohttp import web

from .server import Emulator
from .validation import DEFAULT_SPECS

HOST = "127.0.0.1"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m emulator",
        description="Stands in for Meta's WhatsApp Cloud API and for Twilio,"
        " on 127.0.0.1 only. Open /phone in a browser.",
    )
    parser.add_argument("--port", type=int, required=True, help="0: any free port")
    parser.add_argument("--state", type=Path, help="folder that keeps the state")
    parser.add_argument("--specs", type=Path, default=DEFAULT_SPECS)
    parser.add_argument(
        "--delivery-delay-ms",
        type=float,
        default=300,
        help="milliseconds from sent to delivered",
    )
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    emulator = Emulator(options.specs, options.state, options.delivery_delay_ms)
    runner = web.AppRunner(emulator.application(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, options.port, backlog=1024).start()
        port = runner.addresses[0][1]
        emulator.store.base_url = f"http://{HOST}:{port}"
        print(f"emulator ready on {emulator.store.base_url}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """Run the program; a missing file or a busy port is one sentence."""
    options = arguments()
    try:
        asyncio.run(run(options))
    except OSError as err:
        raise SystemExit(f"emulator: {err.strerror}: {err.filename or ''}") from err


if __name__ == "__main__":
    main()
