"""The one family of errors that a person can mend.

UserError            exit code 2: usage, configuration, unusable input
"""


class UserError(Exception):
    """Something the user gave cannot be used; nothing was judged and nothing was written.

    The message is one line: what is wrong, where (file and line where there is one), and the nearest
    valid name. ``hint`` is the next step, shown on a line of its own.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
