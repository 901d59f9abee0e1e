"""Single values as people write them in YAML, and what Kestra's reader makes of each: all versions were asked."""

from __future__ import annotations

READ: list[tuple[str, object]] = [
    ("", ""), ("~", None), ("Null", None), ("nUll", "nUll"), ("!!null x", None), ("'~'", "~"), ("&a", ""),
    ("!foo", ""),
    ("yes", True), ("On", True), ("oFF", "oFF"), ("y", "y"), ("!!bool yes", True), ("!!bool maybe", "maybe"),
    ("010", 8), ("0x1F", 31), ("0b11", 3), ("-010", -8), ("1_000", 1000), ("1_", 1), ("_1", "_1"), ("0o10", "0o10"),
    ("09", "09"), ("0x", "0x"), ("0B1", "0B1"), ("+5", 5), ("12345678901234567890", 12345678901234567890),
    ("!!int 5.5", "5.5"), ("!!int 0x1F", 31), ("! 5", 5), ("!!str 5", "5"), ("!!foo 5", "5"), ("'5'", "5"),
    ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("._5", 0.5), ("1_0.5_0", 10.5), ("09e1", 90.0),
    ("1e", "1e"), ("1.2.3", "1.2.3"), ("!!float 1", 1.0),
    ("190:20:30", "190:20:30"), ("NaN", "NaN"),
    ("2024-01-01", "2024-01-01"), ("12:30:00", "12:30:00"), ("=", "="), ("*x", "x"), ("[*x, *y]", ["x", "y"]),
    ("x\ty", "x\ty"), ("1\t", 1), ("1\t# c", 1),
    ('"\\x41"', "A"), ("[? b]", [{"b": ""}]),
    ("{b: , c}", {"b": "", "c": ""}),
    ("TRUE", True), ("on", True), ("0b11", 3), ("-5", -5), ("!foo 5", "5"), ("! '5'", 5), ("!!int '5'", 5),
    ("!!float 5", 5.0), ("!!float 1d", 1.0), ("!!float 0x1p3", 8.0), ("!!float ''", ""), ("!!bool Y", True),
    ("!!bool tRue", True), ("!!binary 'aGVs bG8='", "aGVsbG8="), ("!!binary ''", ""), ("08", "08"), ("1__0", 10),
    ("+.5", 0.5), ("1:30", "1:30"), ("tRue", "tRue"), ("9" * 30, int("9" * 30)), ("9" * 1025, "9" * 1025),
    ("{b}", {"b": ""}), ("[a,]", ["a"]), ('"\\ud83d\\ude00"', "\U0001f600"), ("|+\n    b\n", "b\n\n"), ("x\t", "x"),
    ("&é z", "z"),
]  # fmt: skip
"""What is written, and what is read."""

TOO_LARGE = "1e400"
"""Read as infinity, which no JSON can tell."""

REFUSED = [
    "!!float x", ".nan", ".inf", "-.inf", "190:20:30.15", "\tx", "[1,\t2]", '"x"\t', "{{ x }}", "!!int 08", "!!int 0b",
    "!!binary a", "1" * 1001, "1." + "1" * 999, '"\\ud800"',
]  # fmt: skip
"""What no version reads."""
