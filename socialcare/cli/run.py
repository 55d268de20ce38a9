"""From the words of the command line to an exit code: every error ends as two lines."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import typer

from socialcare.cli.app import typer_app
from socialcare.cli.context import App, asks_for_json
from socialcare.cli.usage import explain_usage
from socialcare.clock import Clock, SystemClock
from socialcare.errors import ExitCode, SocialcareError
from socialcare.output.screen import Screen
from socialcare.output.streams import Streams
from socialcare.settings.redaction import forget_all

_OUTPUT_FAILS = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}
# Typer 0.26 vendored Click; the usage error is the parent of BadParameter in both.
_ClickUsageError: type[Exception] = typer.BadParameter.__mro__[1]


def run(
    argv: Sequence[str],
    *,
    streams: Streams | None = None,
    clock: Clock | None = None,
    environ: dict[str, str] | None = None,
) -> int:
    """Run one command and return the exit code."""
    environ = dict(os.environ) if environ is None else environ
    forget_all()
    streams = streams or Streams.of_process(environ)
    try:
        app = App.build(argv, streams, clock or SystemClock(), environ)
    except SocialcareError as error:
        Screen(streams).fail(error, as_json=asks_for_json(argv))
        return error.exit_code
    try:
        return _guarded(app)
    finally:
        app.close()


def _guarded(app: App) -> int:
    try:
        code = _call(app)
        app.streams.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.OK
    except (KeyboardInterrupt, typer.Abort):
        app.streams.stderr.write("\n")
        return ExitCode.INTERRUPTED
    except SocialcareError as error:
        return _tell(app, error)
    except OSError as error:
        if error.errno not in _OUTPUT_FAILS:
            return _tell(app, _unexpected(app, error))
        _forget_stdout()
        return _tell(app, SocialcareError(f"the output cannot be written: {error.strerror}."))
    except Exception as error:  # noqa: BLE001 - told in two lines, whatever it is
        if app.debug:
            _show_traceback(app, error)
        return _tell(app, _unexpected(app, error))
    return code


def _call(app: App) -> int:
    if app.options.version:
        from socialcare import __version__

        app.streams.stdout.write(f"socialcare {__version__}\n")
        return ExitCode.OK
    try:
        result = typer_app()(args=app.argv, obj=app, standalone_mode=False, prog_name="socialcare")
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:
        # Typer makes an exit of its own out of a closed pipe.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    except _ClickUsageError as error:
        raise explain_usage(error, app.argv) from None
    return result if isinstance(result, int) else ExitCode.OK


def _tell(app: App, error: SocialcareError) -> int:
    Screen(app.streams).fail(error, as_json=app.wants_json)
    return error.exit_code


def _show_traceback(app: App, error: Exception) -> None:
    from traceback import format_exception

    Screen(app.streams).warn("".join(format_exception(error)).rstrip())


def _unexpected(app: App, error: Exception) -> SocialcareError:
    from socialcare.cli.log import write_log

    where = f"{type(error).__name__} in {app.command or 'socialcare'}"
    path = write_log(app, error)
    return SocialcareError(
        f"something went wrong that I did not expect ({where}).",
        f"details: {path}   look for the cause with: socialcare doctor",
        code="unexpected",
    )


def _forget_stdout() -> None:
    """Keep the interpreter from complaining about the closed pipe when it flushes at the end."""
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
