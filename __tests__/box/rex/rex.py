"""What stands in for Rex: rex.py core | api | worker | migrate up | admin-init. The service below it is the one of every app."""

import hashlib
import json
import os
import socket
import sys
import urllib.error
import urllib.request

import app
from app import query

CORE = os.environ.get("SUPERTOKENS_CONNECTION_URI")


class Core(app.Handler):
    """As much of a SuperTokens core as a sign-in needs: whoever has no key gets a greeting and nothing else."""

    def do_GET(self):
        if self.path != "/hello":
            return self.refuse()
        query("SELECT 1")
        return self.answer(200, "Hello")

    def do_POST(self):
        if self.headers.get("api-key") not in os.environ["API_KEYS"].split(","):
            return self.refuse()
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        email, password = body["email"], hashlib.sha256(body["password"].encode()).hexdigest()
        if self.path == "/recipe/signup":
            query("CREATE TABLE IF NOT EXISTS users (email text PRIMARY KEY, password text NOT NULL)")
            query("INSERT INTO users VALUES (%s, %s)", email, password)
        elif not query("SELECT 1 FROM users WHERE email = %s AND password = %s", email, password):
            return self.answer(200, {"status": "WRONG_CREDENTIALS_ERROR"})
        return self.answer(200, {"status": "OK", "user": {"emails": [email]}})

    def refuse(self):
        return self.answer(401, "Invalid API key")


class Api(app.Handler):
    def do_POST(self):
        if self.path != "/api/v1/auth/signin":
            return super().do_POST()
        form = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fields = {field["id"]: field["value"] for field in form["formFields"]}
        answer = ask_core("/recipe/signin", fields["email"], fields["password"])
        print(f"sign-in of {fields['email']}: {answer['status']}", flush=True)
        return self.answer(200, answer)


def ask_core(path, email, password):
    headers = {"Content-Type": "application/json", "api-key": os.environ["SUPERTOKENS_API_KEY"]}
    body = json.dumps({"email": email, "password": password}).encode()
    with urllib.request.urlopen(urllib.request.Request(CORE + path, body, headers), timeout=10) as answer:
        return json.load(answer)


def serve(handler, port):
    app.ThreadingHTTPServer(("0.0.0.0", port), handler).serve_forever()


def count(job):
    query("CREATE TABLE IF NOT EXISTS job_runs (job text NOT NULL)")
    query("INSERT INTO job_runs VALUES (%s)", job)


def migrate():
    """The table of administrators came with the second release."""
    count("migrate")
    query("CREATE TABLE IF NOT EXISTS finished (item text NOT NULL)")
    if app.VERSION != "1":
        query("CREATE TABLE IF NOT EXISTS platform_admins (email text PRIMARY KEY)")


def admin_init():
    count("admin-init")
    email = os.environ["PLATFORM_ADMIN_EMAIL"]
    query("INSERT INTO platform_admins VALUES (%s)", email)
    ask_core("/recipe/signup", email, os.environ["PLATFORM_ADMIN_PASSWORD"])


def work():
    """Takes one item after the other from the queue, and a new connection when the old one ends."""
    while True:
        try:
            with socket.create_connection((os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"]))) as connection:
                finish_items(connection.makefile("rwb"))
        except OSError as problem:
            print(problem, flush=True)


def finish_items(queue):
    while True:
        queue.write(b"BLPOP jobs 0\r\n")
        queue.flush()
        # An array of two: the name of the list and the item, each after its length.
        lines = [queue.readline() for _ in range(5)]
        if not lines[-1]:
            return
        query("INSERT INTO finished VALUES (%s)", lines[-1].decode().strip())


def main():
    role = sys.argv[1]
    if role == "core":
        app.DATABASE = os.environ["POSTGRESQL_CONNECTION_URI"]
        serve(Core, 3567)
    elif role == "api":
        serve(Api, 8080)
    else:
        {"worker": work, "migrate": migrate, "admin-init": admin_init}[role]()


main()
