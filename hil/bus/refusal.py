"""A request that a device refuses."""


class RefusedRequest(Exception):  # noqa: N818  (an answer of the protocol, not an error of the rig)
    """A request that is answered with an exception code."""

    def __init__(self, code: int) -> None:
        """code: the exception code that goes to the client."""
        super().__init__(code)
        self.code = code
