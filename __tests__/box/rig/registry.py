"""A registry of images on 127.0.0.1:5000 that keeps what is pushed in /rehearsal/registry, where the next box finds it."""

import hashlib
import json
import os
import re
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ROOT = "/rehearsal/registry"
UPLOADS = os.path.join(ROOT, "uploads")
BLOBS = os.path.join(ROOT, "blobs")


def file_of(digest):
    return os.path.join(BLOBS, digest.replace(":", "-"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def keep(self, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        with open(file_of(digest), "wb") as file:
            file.write(content)
        return digest

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/v2/":
            return self.answer(200)
        found = re.fullmatch(r"/v2/.+/(blobs|manifests)/(sha256:[0-9a-f]{64})", path)
        if found is None or not os.path.exists(file_of(found[2])):
            return self.answer(404, b'{"errors":[{"code":"NOT_FOUND"}]}')
        with open(file_of(found[2]), "rb") as file:
            content = file.read()
        kind = json.loads(content)["mediaType"] if found[1] == "manifests" else "application/octet-stream"
        return self.answer(200, content, Content_Type=kind, Docker_Content_Digest=found[2])

    do_HEAD = do_GET

    def do_POST(self):
        self.body()
        self.upload_at(str(uuid.uuid4()), 0)

    def do_PATCH(self):
        with open(os.path.join(UPLOADS, self.upload()), "ab") as file:
            file.write(self.body())
            size = file.tell()
        self.upload_at(self.upload(), size)

    def do_PUT(self):
        if "/manifests/" in self.path:
            return self.answer(201, Docker_Content_Digest=self.keep(self.body()))
        file = os.path.join(UPLOADS, self.upload())
        content = self.body()
        if os.path.exists(file):
            with open(file, "rb") as begun:
                content = begun.read() + content
        digest = self.keep(content)
        if [digest] != parse_qs(urlsplit(self.path).query).get("digest"):
            return self.answer(400, b'{"errors":[{"code":"DIGEST_INVALID"}]}')
        return self.answer(201, Docker_Content_Digest=digest)

    def upload(self):
        return urlsplit(self.path).path.rsplit("/", 1)[1]

    def upload_at(self, name, size):
        where = urlsplit(self.path).path.rsplit("/", 1)[0]
        self.answer(202, Location=f"{where}/{name}", Range=f"0-{max(size - 1, 0)}", Docker_Upload_UUID=name)

    def log_message(self, *_):
        pass


for folder in (UPLOADS, BLOBS):
    os.makedirs(folder, exist_ok=True)
sys.exit(ThreadingHTTPServer(("127.0.0.1", 5000), Handler).serve_forever())
