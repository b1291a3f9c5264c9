"""Calling the native API: problems as exceptions, safe repetition, lists page by page, live events."""

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.client import HTTPException

ENDED = ("succeeded", "failed", "cancelled")
# What may be asked again: the server did nothing, or did it under the same key.
AGAIN = (429, 502, 503, 504)


class Problem(Exception):
    """A refusal: RFC 9457, with a `code` that never changes."""

    def __init__(self, status, body, retry_after=None):
        self.status = status
        self.code = body.get("code", "unknown")
        self.title = body.get("title", "")
        self.detail = body.get("detail")
        self.errors = body.get("errors", [])
        self.request_id = body.get("request_id")
        self.retry_after = retry_after
        said = ": ".join(part for part in (self.title, self.detail) if part)
        super().__init__(f"{status} {self.code}: {said}")


class Client:
    """A server, and who asks: an API key or a session's token."""

    def __init__(self, url, key=None, *, language="en", timeout=60, tries=4):
        self.base = url.rstrip("/") + "/gongfang/v1"
        self.key = key
        self.language = language
        self.timeout = timeout
        self.tries = tries

    def sign_in(self, name, password):
        """Opens a session and goes on with its token."""
        self.key = self.post("/sessions", {"name": name, "password": password})["token"]
        return self

    def get(self, path, **query):
        return self.request("GET", path, query=query)

    def post(self, path, body=None, *, idempotency_key=None):
        return self.request("POST", path, body=body, idempotency_key=idempotency_key or str(uuid.uuid4()))

    def put(self, path, body):
        return self.request("PUT", path, body=body)

    def patch(self, path, body, *, if_match=None):
        headers = {"If-Match": f'"{if_match}"'} if if_match is not None else {}
        return self.request("PATCH", path, body=body, headers=headers)

    def delete(self, path, body=None):
        return self.request("DELETE", path, body=body)

    def pages(self, path, **query):
        """Everything in a list, whatever its length."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if not page.get("next"):
                return
            query = {**query, "cursor": page["next"]}

    def request(self, method, path, *, body=None, query=None, headers=None, idempotency_key=None, data=None, timeout=None):
        """Sends a request, and again where that is safe; the answer's JSON, or None where it has none."""
        for attempt in range(1, self.tries + 1):
            try:
                with self._send(method, path, body, query, headers, idempotency_key, data, timeout) as answer:
                    text = answer.read()
                    return json.loads(text) if text else None
            except Problem as problem:
                if problem.status not in AGAIN or attempt == self.tries:
                    raise
                wait = problem.retry_after
            except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError):
                # A POST without a key might have been heard: it is not sent again.
                if attempt == self.tries or (method == "POST" and not idempotency_key):
                    raise
                wait = None
            time.sleep(wait if wait is not None else min(2 ** attempt * 0.25, 8) * (0.5 + random.random()))

    def _send(self, method, path, body, query, headers, idempotency_key, data, timeout):
        url = self.base + path
        shown = {name: value for name, value in (query or {}).items() if value is not None}
        if shown:
            url += "?" + urllib.parse.urlencode(shown)
        sent = {"Accept-Language": self.language, **(headers or {})}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if idempotency_key:
            sent["Idempotency-Key"] = idempotency_key
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=data, headers=sent, method=method)
        try:
            return urllib.request.urlopen(request, timeout=timeout or self.timeout)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
                after = error.headers.get("Retry-After")
            try:
                said = json.loads(text)
            except ValueError:
                said = {"title": text.decode(errors="replace")[:200]}
            raise Problem(error.code, said, float(after) if after and after.isdigit() else None) from None

    def events(self, *tasks):
        """The states of tasks as they change, for ever."""
        for kind, data in self.stream(*tasks):
            if kind == "task":
                yield data

    def stream(self, *topics, account=None):
        """What happens to tasks and lists (`tasks`, `orders`, `wallet`, for administrators `queues`), for ever, each as ("task", state) or
        ("list", {"list": name}): the stream is opened again where it ends, and goes on where it was. `account` is for administrators: whose
        lists, as `acct_3` or `all`."""
        last = None
        query = {"topics": ",".join(topics), **({"account": account} if account else {})}
        while True:
            headers = {"Accept": "text/event-stream"}
            if last:
                headers["Last-Event-ID"] = last
            try:
                with self._send("GET", "/events", None, query, headers, None, None, 60) as stream:
                    kind, data = None, []
                    for line in stream:
                        line = line.decode().rstrip("\r\n")
                        name, _, value = line.partition(":")
                        value = value[1:] if value.startswith(" ") else value
                        if name == "id" and line:
                            last = value
                        elif name == "event":
                            kind = value
                        elif name == "data":
                            data.append(value)
                        elif not line and data:
                            if kind in ("task", "list"):
                                yield kind, json.loads("\n".join(data))
                            kind, data = None, []
            except Problem as problem:
                if problem.status not in AGAIN:
                    raise
            except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError):
                pass
            time.sleep(1 + random.random())

    def follow(self, task):
        """The states of a task until it has ended."""
        for event in self.events(task):
            yield event
            if event["state"] in ENDED:
                return
