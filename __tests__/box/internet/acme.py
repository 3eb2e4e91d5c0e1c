"""The certificate authority under its public address: hands on to Pebble, whose directory has another path."""

import http.client
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = "/rehearsal/internet"
TRUST = ssl.create_default_context(cafile=f"{HERE}/ca.crt")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def hand_on(self):
        path = "/dir" if self.path == "/directory" else self.path
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        onward = http.client.HTTPSConnection("localhost", 14000, context=TRUST)
        onward.request(self.command, path, body, dict(self.headers))
        answer = onward.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = hand_on

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("192.0.2.10", 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{HERE}/acme.crt", f"{HERE}/acme.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
