"""A small service: /health asks the database when there is one, /notes keeps texts in it."""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

PORTS = [int(port) for port in os.environ.get("PORTS", "8080,3000").split(",")]
DATABASE = os.environ.get("DATABASE_URL")
VERSION = open("/srv/version").read().strip() if os.path.exists("/srv/version") else "1"


def query(statement, *values):
    connection = psycopg2.connect(DATABASE, connect_timeout=3)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        try:
            if self.path == "/health":
                if VERSION == "sick":
                    return self.answer(503, {"health": "sick"})
                return self.answer(200, {"health": "ok", "database": bool(DATABASE and query("SELECT 1"))})
            if self.path == "/notes":
                return self.answer(200, [text for (text,) in query("SELECT text FROM notes ORDER BY id")])
            return self.answer(200, {"version": VERSION, "client": self.headers.get("X-Real-IP")})
        except Exception as problem:
            return self.answer(500, {"problem": str(problem)})

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        try:
            query("CREATE TABLE IF NOT EXISTS notes (id bigserial PRIMARY KEY, text text NOT NULL)")
            query("INSERT INTO notes (text) VALUES (%s)", text)
            return self.answer(201, {"kept": text})
        except Exception as problem:
            return self.answer(500, {"problem": str(problem)})

    def log_message(self, *_):
        pass


def main():
    servers = [ThreadingHTTPServer(("0.0.0.0", port), Handler) for port in PORTS]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


if __name__ == "__main__":
    sys.exit(main())
