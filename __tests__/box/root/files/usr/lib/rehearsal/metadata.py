"""Stand-in for the instance metadata service, version 2: a token, the role's keys, and a notice when a file asks for it."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROLE = "rehearsal"
TOKEN = "rehearsal-token"
TTL = "X-aws-ec2-metadata-token-ttl-seconds"
NOTICES = "/run/rehearsal"
TEXTS = {
    "/latest/meta-data/iam/security-credentials/": ROLE,
    f"/latest/meta-data/iam/security-credentials/{ROLE}": json.dumps(
        {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "AccessKeyId": "REHEARSALKEY",
            "SecretAccessKey": "rehearsal",
            "Token": "rehearsal",
            "LastUpdated": "2026-01-01T00:00:00Z",
            "Expiration": "2099-01-01T00:00:00Z",
        }
    ),
    "/latest/meta-data/instance-id": "i-0123456789abcdef0",
    "/latest/meta-data/placement/region": "ap-southeast-1",
    "/latest/meta-data/placement/availability-zone": "ap-southeast-1a",
    "/latest/dynamic/instance-identity/document": json.dumps({"region": "ap-southeast-1"}),
}


def notice(name):
    try:
        with open(os.path.join(NOTICES, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, text="", **headers):
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        asked = self.headers.get(TTL)
        known = self.path == "/latest/api/token" and asked
        # Docker's log driver takes no token that does not say how long it holds.
        self.answer(200, TOKEN, **{TTL: asked}) if known else self.answer(400)

    def do_GET(self):
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            return self.answer(401)
        spot = {
            "/latest/meta-data/spot/instance-action": "spot-action",
            "/latest/meta-data/events/recommendations/rebalance": "rebalance",
        }
        text = notice(spot[self.path]) if self.path in spot else TEXTS.get(self.path)
        return self.answer(404) if text is None else self.answer(200, text)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("169.254.169.254", 80), Handler).serve_forever()
