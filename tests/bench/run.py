#!/usr/bin/env python3
"""Times a no-change diff beside `alembic check`, on the same databases.

Each table has 12 columns, 3 indexes and 2 foreign keys. Figures are CPU seconds
(user + system) of the client's whole process, the median of some runs; ratios
are measured side by side in one run. Nothing here decides a test.

    python3 tests/bench/run.py [--tables 100,1000,10000] [--runs 3]
"""

import argparse
import os
import pathlib
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
AUTOGEN = TARGET / "release" / "autogen"
BENCH = ROOT / "target" / "bench"
TOOLS = ["alembic", "sqlalchemy", "psycopg[binary]", "pymysql"]


def python():
    """A Python with the other tools, in an environment of its own."""
    folder = BENCH / "venv"
    binary = folder / "bin" / "python"
    if not binary.exists():
        venv.create(folder, with_pip=True)
    known = subprocess.run([binary, "-c", "import alembic, psycopg, pymysql"], stderr=subprocess.DEVNULL)
    if known.returncode:
        subprocess.run([binary, "-m", "pip", "install", "--quiet", *TOOLS], check=True)
    return binary


def rust_model(at):
    first, second = max(at - 1, 0), max(at - 2, 0)
    return f"""use sea_autogen::Autogen;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
#[sea_orm(table_name = "t{at:05}")]
#[autogen(
    index(name = "t{at:05}_two", columns = ["c2", "c3"]),
    index(name = "t{at:05}_c4", columns = ["c4"], unique),
    foreign_key(name = "t{at:05}_f", columns = ["first_id"], references = "t{first:05}(id)"),
    foreign_key(name = "t{at:05}_s", columns = ["second_id"], references = "t{second:05}(id)")
)]
pub struct Model {{
    #[sea_orm(primary_key)]
    pub id: i32,
    pub first_id: i32,
    pub second_id: Option<i32>,
    #[autogen(index(name = "t{at:05}_c1"))]
    pub c1: String,
    pub c2: i32,
    pub c3: bool,
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub c4: String,
    #[sea_orm(default_value = 0)]
    pub c5: i32,
    #[sea_orm(default_value = "x")]
    pub c6: String,
    pub c7: Option<f64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub c8: Option<String>,
    pub c9: i64,
}}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {{}}

impl ActiveModelBehavior for ActiveModel {{}}
"""


def python_model(at):
    first, second = max(at - 1, 0), max(at - 2, 0)
    return f"""
Table("t{at:05}", metadata,
    Column("id", Integer, *IDENTITY, primary_key=True),
    Column("first_id", Integer, ForeignKey("t{first:05}.id", name="t{at:05}_f"), nullable=False),
    Column("second_id", Integer, ForeignKey("t{second:05}.id", name="t{at:05}_s")),
    Column("c1", String(255), nullable=False), Column("c2", Integer, nullable=False),
    Column("c3", Boolean, nullable=False), Column("c4", String(50), nullable=False),
    Column("c5", Integer, nullable=False, server_default="0"),
    Column("c6", String(255), nullable=False, server_default="x"),
    Column("c7", Double), Column("c8", Text), Column("c9", BigInteger, nullable=False),
    Index("t{at:05}_c1", "c1"), Index("t{at:05}_two", "c2", "c3"),
    Index("t{at:05}_c4", "c4", unique=True))
"""


ENV = """
from alembic import context
from sqlalchemy import create_engine
from models import metadata, URL
with create_engine(URL).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""

HEAD = """import os
from sqlalchemy import *
URL = os.environ["BENCH_URL"]
POSTGRES = URL.startswith("postgresql")
IDENTITY = [Identity()] if POSTGRES else []
metadata = MetaData()
"""


def write_projects(folder, count):
    rust = folder / "rust" / "src"
    other = folder / "alembic"
    shutil.rmtree(folder, ignore_errors=True)
    rust.mkdir(parents=True)
    (other / "versions").mkdir(parents=True)
    # As in any project that was built: Python keeps its bytecode as well.
    (folder / "rust" / "target").mkdir()
    (folder / "rust" / "Cargo.toml").write_text(
        '[package]\nname = "bench"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n'
    )
    names = [f"t{at:05}" for at in range(count)]
    (rust / "lib.rs").write_text("".join(f"pub mod {name};\n" for name in names))
    for at, name in enumerate(names):
        (rust / f"{name}.rs").write_text(rust_model(at))
    (other / "models.py").write_text(HEAD + "".join(python_model(at) for at in range(count)))
    (other / "env.py").write_text(ENV)
    (other / "script.py.mako").write_text("")
    (other / "alembic.ini").write_text(
        "[alembic]\nscript_location = .\nprepend_sys_path = .\npath_separator = os\n"
    )


def measure(command, runs, **options):
    """CPU and wall seconds (medians), and the largest peak of memory in MiB."""
    cpu, wall, exits = [], [], set()
    for _ in range(runs):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        wall.append(time.monotonic() - start)
        exits.add(done.returncode)
        output = done.stdout.decode() + done.stderr.decode()
    return statistics.median(cpu), statistics.median(wall), exits, output


def create(dialect, url, folder, interpreter):
    """Creates the tables, by the statements that we generate ourselves."""
    command = [AUTOGEN, "--dialect", dialect, "inspect", "models:.", "--format", "sql"]
    sql = subprocess.run(
        command, cwd=folder / "rust", check=True, stdout=subprocess.PIPE, env=clean()
    ).stdout.decode()
    if dialect == "sqlite":
        path = pathlib.Path(url.removeprefix("sqlite:"))
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            connection.executescript(sql)
        return
    if dialect in ("mysql", "mariadb"):
        load = (
            "import sys, pymysql, urllib.parse\n"
            "url = urllib.parse.urlsplit(sys.argv[1])\n"
            "connection = pymysql.connect(host=url.hostname, port=url.port, user=url.username,"
            " password=url.password or '', autocommit=True)\n"
            "cursor = connection.cursor()\n"
            "cursor.execute('drop database if exists bench')\n"
            "cursor.execute('create database bench')\n"
            "cursor.execute('use bench')\n"
            "for statement in sys.stdin.read().split(';\\n'):\n"
            "    if statement.strip(): cursor.execute(statement)\n"
        )
        subprocess.run([interpreter, "-c", load, url], input=sql.encode(), check=True)
        return
    load = (
        "import sys, psycopg\n"
        "connection = psycopg.connect(sys.argv[1], autocommit=True)\n"
        "connection.execute('drop schema public cascade; create schema public')\n"
        "for statement in sys.stdin.read().split(';\\n'):\n"
        "    if statement.strip(): connection.execute(statement)\n"
    )
    subprocess.run([interpreter, "-c", load, url], input=sql.encode(), check=True)


def clean():
    return {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}


def report(name, count, url, folder, interpreter, runs):
    # What takes milliseconds needs more runs for a median that holds.
    runs = max(runs, 2000 // count)
    ours = measure(
        [AUTOGEN, "diff", "--dry-run", "--exit-code", "--models", "."],
        runs,
        cwd=folder / "rust",
        env={**clean(), "DATABASE_URL": url},
    )
    assert ours[2] == {0}, ours[3][-2000:]
    read = measure(
        [AUTOGEN, "snapshot", "models:.", "--output", folder / "snapshot.json"],
        runs,
        cwd=folder / "rust",
        env=clean(),
    )
    assert read[2] == {0}, read[3][-2000:]
    theirs_url = url.replace("sqlite:", "sqlite:///").replace("postgres://", "postgresql+psycopg://")
    theirs_url = theirs_url.replace("mysql://", "mysql+pymysql://")
    theirs = measure(
        [interpreter, "-m", "alembic", "check"],
        1 if count > 1000 else min(runs, 5),
        cwd=folder / "alembic",
        env={**clean(), "BENCH_URL": theirs_url},
    )
    note = "" if theirs[2] == {0} else "  (alembic reports changes)"
    print(
        f"{name:9} {count:6}  autogen {ours[0]:7.3f} cpu {ours[1]:7.3f} wall"
        f"  models alone {read[0]:6.3f}"
        f"  alembic {theirs[0]:7.2f} cpu {theirs[1]:7.2f} wall"
        f"  ratio {theirs[0] / max(ours[0], 0.001):6.1f}{note}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", default="100,1000,10000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--databases", default="sqlite,postgres,mysql,mariadb")
    arguments = parser.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    interpreter = python()
    start = measure([AUTOGEN, "--version"], 20)
    print(f"start-up of `autogen --version`: {start[1] * 1000:.1f} ms wall")
    urls = {"sqlite": f"sqlite:{BENCH / 'bench.db'}"}
    services = ["cargo", "run", "--quiet", "--package", "autogen-tests", "--bin", "services", "--"]
    databases = arguments.databases.split(",")
    servers = [name for name in databases if name != "sqlite"]
    if servers:
        up = subprocess.run([*services, "up", *servers], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        for line in up.stdout.decode().splitlines():
            variable, url = line.split("=", 1)
            name = variable.removeprefix("AUTOGEN_TEST_").removesuffix("_URL").lower()
            # MySQL's own database is no place for tables.
            urls[name] = url.removesuffix("/mysql") + "/bench" if url.startswith("mysql") else url
    try:
        for count in map(int, arguments.tables.split(",")):
            folder = BENCH / str(count)
            write_projects(folder, count)
            for name in databases:
                create(name, urls[name], folder, interpreter)
                report(name, count, urls[name], folder, interpreter, arguments.runs)
    finally:
        if servers:
            subprocess.run([*services, "down"], cwd=ROOT, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
