"""The runtime that is tested: how its command line is made, and what it has."""

import os
import platform
import shlex
import tomllib

from outcome import Malformed, Skipped


def kernel_version():
    return tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])


class Runtime:
    def __init__(self, template, about, without, known):
        self.words = shlex.split(template)
        if not any("{module}" in word for word in self.words) or "{args}" not in self.words:
            raise Malformed("--runtime names no {module}, or has no word {args}")
        unknown = without - known
        if unknown:
            raise Malformed(f"no feature {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
        self.without = without
        table = {}
        if about:
            with open(about, "rb") as file:
                table = tomllib.load(file)
        self.grants = table.get("grant", {})
        self.exit_codes = table.get("exit", {})

    def check_needs(self, case):
        for need in case.all_needs:
            if need.startswith("!") and need[1:] not in self.without:
                raise Skipped(f"for a runtime without {need[1:]}")
            if need in self.without:
                raise Skipped(f"the runtime is without {need}")
        if case.kernel and kernel_version() < tuple(int(part) for part in case.kernel.split(".")):
            raise Skipped(f"Linux {case.kernel} is needed, this is {platform.release()}")
        if case.kernel_has and not os.path.exists(case.kernel_has):
            raise Skipped(f"the kernel has no {case.kernel_has}")
        for word in case.allow:
            if word not in self.grants or "{grants}" not in self.words:
                raise Skipped(f"no way is known to allow the guest {word}")

    def command(self, module, arguments, allowed):
        """`allowed`: pairs of a word of --about and a value; "HOST=GUEST" for a folder."""
        grants = []
        for word, value in allowed:
            host, _, guest = value.partition("=")
            for part in shlex.split(self.grants[word]):
                grants.append(part.replace("{value}", value).replace("{host}", host).replace("{guest}", guest))
        line = []
        for word in self.words:
            line += {"{args}": arguments, "{grants}": grants}.get(word, [word.replace("{module}", str(module))])
        return line

    def exit_problem(self, wanted, code):
        """What is wrong with an exit code; codes above 128 are signals, as a shell says them."""
        kind, _, number = wanted.partition(" ")
        exact = {"code": 0, "signal": 128}.get(kind)
        expected = self.exit_codes.get(wanted) if exact is None else exact + int(number)
        if expected is None:
            return None if code != 0 else f"exit code 0 in spite of {wanted}"
        return None if code == expected else f"exit code {code}, not {expected} ({wanted})"
