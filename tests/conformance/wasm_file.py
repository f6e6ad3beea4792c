"""What a core module imports."""

TYPE_SECTION, IMPORT_SECTION = 1, 2
VALUE_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def name(self):
        return self.bytes(self.number()).decode()

    def limits(self):
        for _ in range(2 if self.number() & 1 else 1):
            self.number()

    def value_types(self):
        return tuple(VALUE_TYPES[self.byte()] for _ in range(self.number()))


def sections(data):
    reader = Reader(data[8:])
    while reader.at < len(reader.data):
        kind = reader.byte()
        yield kind, Reader(reader.bytes(reader.number()))


def function_types(section):
    for _ in range(section.number()):
        if section.byte() != 0x60:
            raise ValueError("a type that is no function's")
        yield section.value_types(), section.value_types()


def imported_functions(path):
    """(module, name) -> (parameters, results)"""
    types, functions = [], {}
    for kind, section in sections(path.read_bytes()):
        if kind == TYPE_SECTION:
            types = list(function_types(section))
        elif kind == IMPORT_SECTION:
            for _ in range(section.number()):
                name, what = (section.name(), section.name()), section.byte()
                if what == 0:
                    functions[name] = types[section.number()]
                elif what == 1:  # a table
                    section.byte(), section.limits()
                elif what == 2:  # a memory
                    section.limits()
                else:  # a global
                    section.bytes(2)
    return functions
