"""Whether the error of an object store's client means that a setting is wrong, and which; pure.

The clients are optional, so their errors are known by name here, and not imported.
"""

from __future__ import annotations

from typing import Any, Final

_KEYS: Final = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role"
_NO_KEYS: Final = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}


def wrong_setting(url: str, error: BaseException) -> str:
    """One sentence that names the setting, its value and what was expected; nothing where the store is only away.

    >>> wrong_setting("s3://ads", PermissionError("no"))
    "ADLOOM_ASSETS_DIR: 's3://ads' where a store that lets these keys list, read, write and delete was expected: no"
    >>> wrong_setting("s3://ads", TimeoutError())
    ''
    """
    expected = _expected(error)
    return f"ADLOOM_ASSETS_DIR: {url!r} where {expected} was expected: {error}" if expected else ""


def _expected(error: BaseException) -> str:
    if _code(error) == "NoSuchBucket":
        return "a bucket that exists"
    if _code(error) in ("PermanentRedirect", "AuthorizationHeaderMalformed", "InvalidBucketName"):
        return "a bucket's name, and in AWS_REGION the region of the bucket,"
    if type(error).__name__ in _NO_KEYS:
        return f"a store whose keys are told ({_KEYS})"
    if isinstance(error, PermissionError):
        return "a store that lets these keys list, read, write and delete"
    return ""


def _code(error: BaseException) -> str:
    """As the store itself names the error, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html."""
    answer: dict[str, Any] = getattr(error.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))
