"""The group of all commands: what a user does wrong is one message, never a traceback."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import click

from symcnn.errors import SymcnnError, bounded_nesting, did_you_mean, printable, writable_numbers


class Group(click.Group):
    """Shows every mistake of a user as one message with exit code 2, never as a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command line."""
        try:
            with bounded_nesting("this"), writable_numbers():
                sys.exit(super().main(*args, **(kwargs | {"standalone_mode": False})) or 0)
        except SymcnnError as error:
            _complain(str(error))
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
        except click.ClickException as error:  # an unknown option, a missing argument
            context = getattr(error, "ctx", None)
            more = f"\n  see {context.command_path} --help" if context is not None else ""
            _complain(printable(error.format_message()[:1].lower() + error.format_message()[1:].rstrip(".")) + more)
        except (KeyboardInterrupt, click.Abort):
            _complain("interrupted")
        sys.exit(2)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; raises `SymcnnError` with a hint for one that there is not."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            hint = did_you_mean(args[0], self.commands, f"commands are {', '.join(self.commands)}")
            raise SymcnnError(f"unknown command '{args[0]}'", hint=hint) from None


def _complain(message: str) -> None:
    """Print an error; where even that cannot be written, the exit code says it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        click.echo(f"error: {message}", err=True)
