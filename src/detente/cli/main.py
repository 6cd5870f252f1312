"""The command `detente`: starts at once, and imports a command's module only when it runs.

Help and version need nothing but this module; everything else goes through `detente.cli.group`.
"""

from __future__ import annotations

import sys

# command -> what it answers, as the help lists it; the module is detente.cli.NAME_command
COMMANDS: dict[str, str] = {
    "check": "Read a case and report every problem in it.",
    "texts": "List the texts of a case.",
    "show": "A text in English, provision by provision.",
    "count": "What each side has under a text, who is over, by how much.",
    "compare": "The same forces under a baseline and options, side by side.",
    "balance": "Is it equal, and by whose reckoning; the sides by measure and lens.",
    "channels": "Which build-up a text leaves open, what would close it, how far it could go.",
    "reduce": "The least that each side must dismantle; what is forced, what is open.",
    "explain": "Why a system counts where it does.",
    "compile": "A text as a system of limits, laid open.",
    "standing": "Where each issue stands at a date, and who reopened what.",
    "statements": "Who said what, when, on which condition.",
    "timeline": "Positions and statuses over time, as a picture and a table.",
    "unravel": "What falls when an element is taken out; the keystones.",
    "packages": "What both sides could accept; if nothing, the fewest concessions.",
    "read": "Read published documents into your own library.",
    "cite": "A cited paragraph from your own copy, beside the record.",
    "search": "Find passages in the documents you have read.",
    "audit": "Which claims of a document hold, which fail, on what they hang.",
    "brief": "The staff paper on a case.",
    "new": "Lay out a small working case with comments.",
    "import": "Bring an inventory from a spreadsheet into a case.",
    "export": "Take an inventory of a case out as a spreadsheet.",
    "schema": "Write JSON Schemas, so that editors complete and check case files.",
    "problems": "What a problem code means.",
}


def help_text() -> str:
    """What `detente --help` prints."""
    wide = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{wide}}  {about}" for name, about in COMMANDS.items())
    return f"""Usage: detente COMMAND [ARGUMENTS]

  Negotiated arms-limitation agreements as data: count, compare, explain, brief.

  A case is a folder of text files. Every number traces to a rule, an inventory
  and a document.

Commands:
{commands}

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

`detente COMMAND --help` says more of each.
"""


def main() -> object:
    """Run the command line; a closed pipe ends quietly."""
    arguments = sys.argv[1:]
    try:
        if not arguments or arguments[0] in ("-h", "--help"):
            sys.stdout.write(help_text())
            sys.stdout.flush()
            return 0
        from detente.cli.group import cli

        return cli(prog_name="detente")
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except OSError as bad:
        import os

        sys.stderr.write(f"error[E603]: cannot write the output: {bad.strerror or bad}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still held back goes nowhere
        return 2
