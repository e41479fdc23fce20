"""A Hub on this machine: as much of its API as pushing and fetching files takes."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Files = dict[str, bytes]


class Hub:
    """Repositories in memory; `commits[name]` are its revisions, the newest last."""

    def __init__(self) -> None:
        self.commits: dict[str, dict[str, Files]] = {}
        self.tokens: list[str | None] = []
        self.url = ""

    def commit(self, name: str, lines: bytes) -> str:
        """Add the files of a commit; returns its hash."""
        revisions = self.commits.setdefault(name, {})
        files = dict(next(reversed(revisions.values()), {}))
        for entry in map(json.loads, lines.splitlines()):
            if entry["key"] == "file":
                files[entry["value"]["path"]] = base64.b64decode(entry["value"]["content"])
        oid = hashlib.sha1(lines).hexdigest()
        revisions[oid] = files
        return oid


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve until the block is left."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            hub.tokens.append(self.headers["Authorization"])
            parts = self.path.split("?")[0].strip("/").split("/")
            if parts[:2] == ["api", "validate-yaml"]:
                self._answer({"errors": [], "warnings": []})
            elif parts[:3] == ["api", "repos", "create"]:
                order = json.loads(body)
                name = f"{order.get('organization') or 'me'}/{order['name']}"
                self._answer({"url": f"{hub.url}/{name}", "name": name, "id": name})
            elif parts[4] == "preupload":
                given = json.loads(body)["files"]
                modes = [
                    {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False}
                    for f in given
                ]
                self._answer({"files": modes})
            else:
                name = "/".join(parts[2:4])
                oid = hub.commit(name, body)
                self._answer({"commitUrl": f"{hub.url}/{name}/commit/{oid}", "commitOid": oid})

        def do_HEAD(self) -> None:
            self._file(with_body=False)

        def do_GET(self) -> None:
            self._file(with_body=True)

        def _file(self, *, with_body: bool) -> None:
            owner, name, _, revision, file = self.path.strip("/").split("/", 4)
            revisions = hub.commits.get(f"{owner}/{name}", {})
            oid = next(reversed(revisions), "") if revision == "main" else revision
            content = revisions.get(oid, {}).get(file)
            if content is None:
                what = ("RepoNotFound", "RevisionNotFound", "EntryNotFound")
                self._send(404, b"", {"X-Error-Code": what[bool(revisions) + (oid in revisions)]})
                return
            etag = f'"{hashlib.sha1(content).hexdigest()}"'
            self._send(200, content, {"ETag": etag, "X-Repo-Commit": oid}, with_body=with_body)

        def _answer(self, value: dict[str, Any]) -> None:
            self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def _send(
            self, code: int, body: bytes, headers: dict[str, str], *, with_body: bool = True
        ) -> None:
            self.send_response(code)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
