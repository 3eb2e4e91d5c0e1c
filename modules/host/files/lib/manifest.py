"""Reads the manifest of a backup for the shell, one answer per line. Only Python's standard library, 3.9 or later."""

import json
import re
import sys

# Names of jobs become names of files.
JOB = re.compile(r"[a-z0-9][a-z0-9-]*")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check(path):
    """Fails and says why, when the file is no manifest. What a later format holds besides its format is not looked at."""
    try:
        manifest = load(path)
        needed = [manifest[name] for name in ("id", "format", "stack", "major", "reason", "files")]
        if needed[1] == 1:
            for file in manifest["files"]:
                needed += [file[name] for name in ("kind", "key", "versionId", "bytes", "sha256")]
                if file["kind"] == "database":
                    needed += [file["database"], file["databaseBytes"], sum(file["rows"].values())]
            for job in manifest.get("onceJobs", []):
                if not JOB.fullmatch(job):
                    raise ValueError(f"{job!r} is no name of a job")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0])
        sys.exit(1)


def field(path, name):
    """The value of a field of the whole backup; a list has one entry per line."""
    value = load(path)[name]
    print("\n".join(str(entry) for entry in value) if isinstance(value, list) else value)


def once(path):
    """Names of the jobs that run once and had done so. Fails for a backup of an earlier version, which does not tell."""
    jobs = load(path).get("onceJobs")
    if jobs is None:
        sys.exit(1)
    print("".join(f"{job}\n" for job in jobs), end="")


def files(path, kind):
    """The files of a kind: key, version, bytes, sha256, and for a database its name and what it is made with."""
    more = ("database", "databaseBytes", "encoding", "collate", "ctype", "owner")
    for file in load(path)["files"]:
        if file["kind"] == kind:
            columns = [file[name] for name in ("key", "versionId", "bytes", "sha256")]
            print("\t".join(str(column) for column in columns + [file[name] for name in more if name in file]))


def summary(path):
    """One line of `backup list`: id, bytes, and each database with its number of rows."""
    manifest = load(path)
    dumps = [file for file in manifest["files"] if file["kind"] == "database"]
    rows = ", ".join(f"{file['database']} ({sum(file['rows'].values())} rows)" for file in dumps)
    print(manifest["id"], sum(file["bytes"] for file in manifest["files"]), rows, sep="\t")


def rows(path, database):
    """How many rows and large objects a database had; nothing when the backup has no such database."""
    for file in load(path)["files"]:
        if file.get("database") == database:
            print(sum(file["rows"].values()))


def total(counted):
    """The sum of a file of counts."""
    print(sum(load(counted).values()))


def compare(path, database, counted):
    """Fails and names every table whose number of rows differs from the manifest's."""
    expected = next(file["rows"] for file in load(path)["files"] if file.get("database") == database)
    found = load(counted)
    wrong = [name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
    for name in wrong:
        print(f"{database}: {name} has {found.get(name, 'no')} rows, the backup had {expected.get(name, 'no')}")
    sys.exit(1 if wrong else 0)


COMMANDS = {command.__name__: command for command in (check, field, once, files, summary, rows, total, compare)}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
