"""Texts of data for tests of ``read``: samples, random ones, and damaged ones."""

from __future__ import annotations

from random import Random

SAMPLES = (
    "",
    " \t\n\r\f\v;only white space\n",
    "a B λ |two words| |a\\x41;\\|| || ... + - 1+ -a .b",
    "42 -7 +7 #xff #b-101 #o17 #d9 1.5 .5 5. 1e3 -2.5e-3 +inf.0 -inf.0 +nan.0 #e1e3 #i5 #x#i10 #e#x10 #i#b1",
    "9223372036854775807 9223372036854775808 -9223372036854775808 #x8000000000000000 #e1e19 #e1.5 #e+inf.0 #e-0.0",
    "#t #f #true #false #T #nosuch #u8 #e #xfg #ea #e#e1 #",
    "#\\a #\\( #\\space #\\x #\\x3bb #\\X41 #\\nosuch #\\xD800 #\\x110000 #\\x00000000000000041 #\\ #\\\n#\\λμ #\\",
    '"tab\\there \\x41;\\\\\\a\\b\\n\\r\\"\\|" "one \\ \t \n   line" "a\r\nb\rc" "\\\r\n  x"',
    '"\\q" "\\x" "\\x;" "\\xzz;" "\\x110000;" "\\xD800;" "\\ x"',
    "A #!fold-case B |C| (#\\SPACE #\\D Straße 1E3 #!no-fold-case . E) #!fold-case #\\NOSUCH",
    "#!fold-case F#b #!nosuch +INF.0 -iNf.0",
    '"open',
    "|open",
    "|ab\\q|",
    "(a b . c) (a . (b . (c))) () (()) ((a) b) #() #(1 #(2)) #u8() #u8(0 255) #u8(256) #u8(-1) #u8(a) #u8(1 . 2)",
    "#U8() (#U8(1 #xFF)) #U8",
    "( . a) (a . ) (a . b c) (a . b . c) . #(1 . 2) '. (a .b) (a. b)",
    "'a `(b ,c ,@d) ''e '#(1) ,@ x , @x '",
    "(') (#;) #;a #;(b c) d (e #;f) (g . #;h i) (#;j . k)",
    "#|block|# a #| nested #| in |# out |# b #||# #|#|# |#|#",
    "#| open",
    ") (a) ] (b [c] d) { }",
    "(a",
    "#(a",
    "#u8(1",
    "(a . ",
    "#0=(a . #0#) #1=#(#1# b) (#0=(x) #0# #0#) #0=(#1=(#0# #1#) . #1#) '#2=x #3='#3#",
    "#0=#0# #0# #0=#1=#0# (#0=a #0=b) #0=#;#0# a #0=#;x #0# (#;#0=(a) #0#) (#0=a #;(#0# #1=b) #0# #1#)",
    "#12345678901=a #123456789=a #1234567890# #1 #1a #1) #0=",
    "#0=(#1=#0# #2=#1# #3=#2# . #3#) (#00=a #0#) #0=#u8(1) #u8(#0=1)",
    'a;comment\nb a(b)c"d"e|f|g\'h#(i)j',
    "a#b a\x00b a\x7fb \u00a0 \u3000x \ufffd",
)

_PIECES = (
    *"( ( ( ) ) ) #( #u8( ' ` , ,@ #; . #0= #1= #2= #0# #1# #2#".split(),
    *"a b λ foo |x y| |a\\x41;| 1 -5 255 256 1.5 1e3 #xff #e1.0 #i2 #t #false #\\a #\\space #\\x41".split(),
    *"Ab #\\TAB #U8(7) #!fold-case #!no-fold-case".split(),
    '"s"', '"\\x41;\\n"', '"a\\\n  b"', " ", " ", "\n", "\t", ";c\n", "#|c|#", "#|#||#|#", "#", "\\", '"', "|", "\r\n",
)  # fmt: skip


def random_text(random: Random) -> str:
    """Mostly well-formed, up to a few data."""
    if random.random() < 0.4:
        return " ".join(random.choice(_PIECES) for _ in range(random.randint(1, 20)))
    return "".join(_datum(random, 4) + random.choice((" ", "\n", ";c\n", "#|c|#")) for _ in range(random.randint(1, 4)))


def _datum(random: Random, depth: int) -> str:
    kind = random.randrange(10) if depth else 9
    parts = [_datum(random, depth - 1) for _ in range(random.randint(0, 4))] if kind < 5 else []
    match kind:
        case 0 | 1 | 2:
            return f"({' '.join(parts)})"
        case 3:
            return f"({' '.join([*parts, 'x'])} . {_datum(random, depth - 1)})"
        case 4:
            return f"#({' '.join(parts)})"
        case 5:
            return random.choice(("'", "`", ",", ",@", "#;x ")) + _datum(random, depth - 1)
        case 6:
            return f"#{random.randrange(3)}={_datum(random, depth - 1)}"
        case 7:
            return f"#{random.randrange(3)}#"
        case 8:
            return f"#u8({' '.join(str(random.randrange(256)) for _ in range(random.randint(0, 3)))})"
        case _:
            return random.choice(_PIECES[20:])


def mutated(text: bytes, random: Random) -> bytes:
    """The text with some bytes removed, doubled or replaced."""
    data = bytearray(text)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        match random.randrange(3):
            case 0:
                del data[at : at + random.randint(1, 3)]
            case 1:
                data[at:at] = data[at : at + random.randint(1, 5)]
            case _:
                data[at : at + 1] = bytes([random.choice((*b'()#|\\";. \n\r1x=\0', *random.randbytes(3)))])
    return bytes(data)
