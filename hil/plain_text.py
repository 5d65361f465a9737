"""Text of a user's where others read it: a terminal, a Markdown page, a spreadsheet. Nothing in it acts there."""

import re

# Control characters, halves of surrogate pairs, what XML refuses, and marks that turn text round.
_HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, some of them in full width, a spreadsheet begins a formula."""


_BLOCKS = ("#", ">", "~~~", "```", "---", "===", "- ", "+ ", "* ")
"""With these a line of Markdown begins something other than a paragraph."""


def plain(text: object) -> str:
    """The text without control characters (new lines and tabs stay): fit for XML, JSON, HTML and a terminal."""
    return _HARMFUL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: object) -> str:
    """The text as `plain` has it, on one line."""
    return " ".join(plain(text).split())


def markdown(text: object) -> str:
    """The text on one line of a Markdown page or in a cell of its tables: no HTML, no link, no new cell."""
    line = one_line(text).replace("\\", "\\\\").replace("<", "&lt;").replace("|", "\\|")
    line = f"\\{line}" if line.startswith(_BLOCKS) else line
    return line.replace("](", "]\\(").replace("][", "]\\[")


def code(text: object) -> str:
    """The text as a Markdown code span, in a table too."""
    return f"`{one_line(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def sheet_cell(text: object) -> str:
    """The text of a cell of a CSV file: on one line, and what a spreadsheet would compute stands behind a '."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) and not _NUMBER.fullmatch(line) else line
