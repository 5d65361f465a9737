"""Texts of a user's do nothing where they are shown."""

import pytest

from hil.plain_text import code, markdown, one_line, plain, sheet_cell


def test_a_terminal_gets_no_control_sequence() -> None:
    assert plain("a\x1b[31mb\x9bc\u202ed\r\ne") == "a[31mbcd\ne"
    assert one_line("a\n\tb \x07 c") == "a b c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", "a \\| b"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
        ("![x](http://evil)", "![x]\\(http://evil)"),
        ("[x][evil]", "[x]\\[evil]"),
        ("a\n# heading", "a # heading"),
        ("# heading", "\\# heading"),
        ("```text", "\\```text"),
        ("-5 degC", "-5 degC"),
        ("a \\| b", "a \\\\\\| b"),
        ("well_[1-2], 20 degC", "well_[1-2], 20 degC"),
    ],
)
def test_a_page_shows_a_text_as_it_is(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_a_code_span_is_not_left() -> None:
    assert code("a` <b> `c | d\n") == "`a' <b> 'c \\| d`"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1+cmd", "'+1+cmd"), ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"), ("\uff1d1", "'\uff1d1"), ("-0.5", "-0.5"), ("+1e-3", "+1e-3"),
        ("0=off, 1=heat", "0=off, 1=heat"),
        ("a\nb", "a b"), ("", ""),
    ],
)  # fmt: skip
def test_a_spreadsheet_computes_nothing(text: str, cell: str) -> None:
    assert sheet_cell(text) == cell
