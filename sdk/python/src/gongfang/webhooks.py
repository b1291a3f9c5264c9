"""Webhooks that arrive: Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import json
import time

TOLERANCE_S = 300


class WebhookError(Exception):
    """What arrived is not from the server with this secret, or is too old."""


def verify(body, headers, secret, *, now=None, tolerance=TOLERANCE_S):
    """The event in a webhook, once its signature has proved who sent it. `body` is bytes or text, exactly as it arrived."""
    body = body.encode() if isinstance(body, str) else body
    known = {name.lower(): value for name, value in headers.items()}
    try:
        message, stamp, signatures = (known[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        at = int(stamp)
    except (KeyError, ValueError):
        raise WebhookError("a header is missing or malformed") from None
    if abs((time.time() if now is None else now) - at) > tolerance:
        raise WebhookError("the timestamp is too far from now")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    for signature in signatures.split():
        version, _, text = signature.partition(",")
        try:
            given = base64.b64decode(text)
        except ValueError:
            continue
        if version == "v1" and hmac.compare_digest(given, expected):
            return json.loads(body)
    raise WebhookError("no signature verifies")
