"""What stands in the way of a case, or of all."""


class Malformed(Exception):
    """The suite cannot be run."""


class Skipped(Exception):
    """The runtime, the kernel or the machine has no such thing."""


class Failed(Exception):
    """The runtime does not do what the ABI says."""
