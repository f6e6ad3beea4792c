"""Whether two runs of a tracing tool printed the same: not the same bytes, since they saw other processes at other times,
but the same header, the same fields and the same kinds of lines."""

import re
from collections import Counter

CLOCK = re.compile(r"\b\d\d:\d\d:\d\d\b")
# "12", "1.5ms", "0x7f", "ffffffff81342359", but not "cc1", a program's name.
NUMBER = re.compile(r"^[-+(<\[]*(0x[0-9a-f]+|[0-9a-f]{8,}|\d[0-9a-f]*)([.:,/%][0-9a-fx]*)*[a-z%]{0,3}[)>\],:]*$", re.I)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
MARK = re.compile(r"^[A-Z][A-Z0-9_]+:?$")  # a column's title, a kind of event
STARS = re.compile(r"[*@#.+=-]+\|?$")


def lines_of(text):
    """The lines that are not empty, without what a terminal adds and without what libbpf says of its own work, which a host
    does in other steps: it remembers what it found in the kernel's BTF."""
    text = ESCAPE.sub("", text).replace("\r", "")
    return [" ".join(line.split()) for line in text.split("\n") if line.strip() and not line.startswith("libbpf: ")]


def shape(line):
    """`12:30:01 EXEC bash 71 /usr/bin/ls -l` -> `TIME EXEC w # w`: numbers and times as such, words in capitals as they
    are, other words in a row as one."""
    fields = []
    for word in CLOCK.sub("TIME", line).split():
        if word == "TIME" or MARK.match(word):
            field = word
        elif NUMBER.match(word):
            field = "#"
        elif STARS.match(word):
            continue  # a histogram's bars
        else:
            field = "w"
        if not (fields and field in "w" and fields[-1] == "w"):
            fields.append(field)
    return " ".join(fields)


def header(lines):
    """The line with the titles of columns: of the first ten, one in capitals."""
    for line in lines[:10]:
        words = line.split()
        if len(words) > 1 and all(MARK.match(word) or word in "()|" for word in words):
            return line
    return None


def kinds(lines):
    """The shapes that make up at least a twentieth of the lines, and are no accident of one."""
    shapes = Counter(shape(line) for line in lines)
    return {kind for kind, count in shapes.items() if count >= max(2, len(lines) / 20)}


def difference(native, guest):
    """None where they printed the same, else what differs."""
    native, guest = lines_of(native), lines_of(guest)
    if header(native) != header(guest):
        return f"header: {header(native)!r}, guest {header(guest)!r}"
    if bool(native) != bool(guest):
        return f"{len(native)} lines, guest {len(guest)}"
    shapes = [{shape(line) for line in lines} for lines in (native, guest)]
    missing = kinds(native) - shapes[1]
    if missing:
        return f"only natively: lines like {sorted(missing)[0]!r}"
    extra = kinds(guest) - shapes[0]
    if extra:
        return f"only the guest: lines like {sorted(extra)[0]!r}"
    # Texts that are printed once, such as a greeting, word for word. Of many lines, one with numbers may be what another
    # process did.
    for line in native:
        kind = shape(line)
        if kind not in shapes[1] and (len(native) < 10 or not ("#" in kind or "TIME" in kind)):
            return f"only natively: {line!r}"
    return None
