"""A registry of images, read-only: what `docker save` has written to /rehearsal/registry, by digest.

registry.py <address>: over TLS on port 443, with cert.pem and key.pem of the folder that it runs in.
"""

import os
import re
import shutil
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOBS = "/rehearsal/registry/blobs/sha256"
TYPES = {"manifests": "application/vnd.oci.image.manifest.v1+json", "blobs": "application/octet-stream"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = re.fullmatch(r"/v2/.+/(blobs|manifests)/sha256:([0-9a-f]{64})", self.path)
        file = os.path.join(BLOBS, found[2]) if found else "/dev/null"
        known = self.path == "/v2/" or (found is not None and os.path.exists(file))
        self.send_response(200 if known else 404)
        if known and found:
            self.send_header("Content-Type", TYPES[found[1]])
            self.send_header("Docker-Content-Digest", f"sha256:{found[2]}")
        size = os.path.getsize(file) if known and found else 0
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if size > 0 and self.command == "GET":
            with open(file, "rb") as content:
                shutil.copyfileobj(content, self.wfile, 1 << 20)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((sys.argv[1], 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
