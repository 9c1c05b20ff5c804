"""Runs the statements of a validation on Spark and writes the answers back to the lake.

    job.py --lake s3://bucket/prefix/ --folder _lakeferry/jobs/papers/run=.../0123456789abcdef/

Reads <lake><folder>spec.json, which holds the statements, the schemas of what they read and the settings of the session;
writes <lake><folder>answers/ and, when everything else is there, <lake><folder>answers.json; or error.json, and ends with
exit code 1. docs/spark.md describes the three. There is no rule here, and nothing beside PySpark is needed.

--lake is a path as Hadoop has it, nothing percent-encoded, and ends in a slash, as --folder does.
"""

import argparse
import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait

from pyspark.sql import Observation, SparkSession
from pyspark.sql.functions import count, lit
from pyspark.sql.types import StructType

# Of an error's message, in characters.
MAX_MESSAGE = 2000

# Rows that are sorted in one partition, at the most: for a sort over many, Spark computes all of them twice.
MAX_ONE_PARTITION = 200_000
PARTITIONS = "spark.sql.shuffle.partitions"

# Checks and statements at a time.
MAX_AT_ONCE = 4


class PartError(Exception):
    """A part of the lake that is not what the manifest says."""

    def __init__(self, problem, key, wanted, got):
        super().__init__(f"{key}: {got}, not {wanted}")
        self.problem = problem
        self.part = {"key": key, "wanted": wanted, "got": got}


class Lake:
    """The lake's objects, through whichever of Hadoop's file systems its address names."""

    def __init__(self, spark, root):
        jvm = spark.sparkContext._jvm
        self._hadoop = jvm.org.apache.hadoop
        self._io = jvm.org.apache.commons.io.IOUtils
        self._root = root
        self._fs = self._hadoop.fs.Path(root).getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
        self._renames = self._fs.getUri().getScheme() not in ("s3", "s3a", "s3n")
        if self._fs.getUri().getScheme() == "file":
            # Checksum files beside the answers are no objects of the lake.
            self._fs.setWriteChecksum(False)

    def uri(self, key):
        return self._root + key

    def qualified(self, key):
        """As Spark tells the path of what it read."""
        return self._fs.makeQualified(self._path(key)).toString()

    def size(self, key):
        """None when there is no such object."""
        path = self._path(key)
        return self._fs.getFileStatus(path).getLen() if self._fs.exists(path) else None

    def read(self, key):
        stream = self._fs.open(self._path(key))
        try:
            return bytes(self._io.toByteArray(stream)).decode("utf-8")
        finally:
            stream.close()

    def write(self, key, text):
        """All or nothing: object stores make an object visible when it is whole, other file systems by the rename."""
        target = self._path(key)
        draft = self._path(key + ".draft") if self._renames else target
        stream = self._fs.create(draft, True)
        stream.write(bytearray(text.encode("utf-8")))
        stream.close()
        if self._renames:
            self._fs.delete(target, False)
            if not self._fs.rename(draft, target):
                raise OSError(f"{key} could not be renamed into place")

    def delete(self, key):
        self._fs.delete(self._path(key), True)

    def _path(self, key):
        return self._hadoop.fs.Path(self._root + key)


def run_spec(spark, root, folder):
    """Runs one spec. Tells whether it was answered; if not, error.json says why."""
    lake = Lake(spark, root)
    step = Step()
    try:
        lake.delete(folder + "error.json")
        answer(spark, lake, folder, step)
        return True
    except Exception as error:
        lake.write(folder + "error.json", json.dumps(describe(error, step.name)))
        return False


class Step:
    """What is being done, for the error that says where it ended."""

    name = "begin"


def answer(spark, lake, folder, step):
    began = time.time()
    step.name = "read the spec"
    spec = json.loads(lake.read(folder + "spec.json"))
    if spec["version"] != 1:
        raise ValueError(f"spec.json is of version {spec['version']}, and this job knows version 1")
    for key, value in spec["session"].items():
        spark.conf.set(key, value)

    with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
        checks = [pool.submit(check_parts, spark, lake, relation["parts"]) for relation in spec["relations"]]
        try:
            answers = run_statements(spark, lake, spec, folder, step, pool)
        except Exception:
            # Where a part is not what it should be, that is what went wrong.
            await_checks(spec, checks, Step())
            raise
        await_checks(spec, checks, step)

    step.name = "write the answers"
    facts = {"applicationId": spark.sparkContext.applicationId, "seconds": round(time.time() - began, 3)}
    found = {"version": 1, "spark": spark.version, "statements": answers, "facts": facts}
    lake.write(folder + "answers.json", json.dumps(found))


def run_statements(spark, lake, spec, folder, step, pool):
    """Those with few rows at the same time, since planning and starting is most of their work; the others one by one."""
    for relation in spec["relations"]:
        step.name = f"open the relation {relation['name']}"
        open_relation(spark, lake, relation)
    statements = spec["statements"]
    inline = {
        index: pool.submit(run_inline, spark, statement)
        for index, statement in enumerate(statements)
        if statement["answer"] == "inline"
    }
    answers = []
    for index, statement in enumerate(statements):
        step.name = f"run the statement {statement['name']}"
        if index in inline:
            answers.append(inline[index].result())
        else:
            # A listing changes the session's settings, which none of these is to see.
            wait(inline.values())
            answers.append(run_listing(spark, lake, statement, f"{folder}answers/{index}", answers))
    return answers


def await_checks(spec, checks, step):
    for relation, check in zip(spec["relations"], checks):
        step.name = f"check the parts of {relation['name']}"
        check.result()


def check_parts(spark, lake, parts):
    """Size and SHA-256 of each part, read by the executors."""
    if not parts:
        return
    try:
        found = (
            files(spark.read.format("binaryFile"))
            .load([lake.uri(part["key"]) for part in parts])
            .selectExpr("path", "length", "sha2(content, 256) AS sha256")
            .collect()
        )
    except Exception:
        # Spark's own error may not say which, and not that there are too few bytes.
        for part in parts:
            check_size(part, lake.size(part["key"]))
        raise
    by_path = {row.path: row for row in found}
    for part in parts:
        row = by_path.get(lake.qualified(part["key"]))
        check_size(part, None if row is None else row.length)
        if row.sha256 != part["sha256"]:
            raise PartError("PartDamaged", part["key"], f"SHA-256 {part['sha256']}", row.sha256)


def check_size(part, size):
    if size is None:
        raise PartError("PartMissing", part["key"], f"{part['bytes']} bytes", "nothing")
    if size != part["bytes"]:
        raise PartError("PartDamaged", part["key"], f"{part['bytes']} bytes", str(size))


def files(reader):
    """Each path is one file: no pattern, and nothing in its folders is a column."""
    return reader.option("recursiveFileLookup", "true").option("__globPaths__", "false")


def open_relation(spark, lake, relation):
    schema = StructType.fromJson(relation["schema"])
    paths = [lake.uri(part["key"]) for part in relation["parts"]]
    frame = files(spark.read.schema(schema)).parquet(*paths) if paths else spark.createDataFrame([], schema)
    frame.createOrReplaceTempView(relation["name"])


def query_of(statement):
    columns, wire = ", ".join(statement["columns"]), ", ".join(statement["wire"])
    return f"SELECT to_json(array({wire})) AS value FROM (\n{statement['sql']}\n) AS answer({columns})"


def run_inline(spark, statement):
    rows = spark.sql(query_of(statement)).collect()
    return {"name": statement["name"], "rows": [json.loads(row.value) for row in rows]}


def run_listing(spark, lake, statement, folder, before):
    most = at_most(statement, before)
    if most == 0:
        lake.delete(folder)
        return {"name": statement["name"], "files": True, "count": 0}
    partitions = spark.conf.get(PARTITIONS)
    if most is not None and most <= MAX_ONE_PARTITION:
        spark.conf.set(PARTITIONS, "1")
    try:
        lines = spark.sql(query_of(statement), args=given(statement, before))
        count_written = write_lines(spark, lines, lake.uri(folder), most)
        return {"name": statement["name"], "files": True, "count": count_written}
    finally:
        spark.conf.set(PARTITIONS, partitions)


def write_lines(spark, lines, uri, most):
    """Tells how many there were."""
    written = Observation()
    if most is not None:
        lines = lines.observe(written, count(lit(1)).alias("rows"))
    lines.write.mode("overwrite").option("compression", "gzip").text(uri)
    # What was observed of no rows may never be told: only where there are some for certain.
    return written.get["rows"] if most is not None else files(spark.read).text(uri).count()


def at_most(statement, before):
    """How many rows the statement can have, by what was answered before; None when nobody knows."""
    if "atMost" not in statement:
        return None
    numbers = numbers_of(before)
    return sum(numbers(cell) for cell in statement["atMost"])


def given(statement, before):
    """The statement's parameters. Those that are FALSE leave Spark nothing to read or compute for what hangs on them."""
    numbers, yes, no = numbers_of(before), lit(True), lit(False)
    return {name: yes if numbers(cell) > 0 else no for name, cell in statement.get("given", {}).items()}


def numbers_of(before):
    """What tells the whole number in a cell of those answers."""
    rows = {answer["name"]: answer["rows"] for answer in before if "rows" in answer}
    return lambda cell: int(rows[cell["statement"]][0][cell["cell"]])


def describe(error, step):
    if isinstance(error, PartError):
        return {"version": 1, "step": step, "class": error.problem, "message": str(error), "part": error.part}
    java = getattr(error, "java_exception", None)
    if java is None:
        return {"version": 1, "step": step, "class": type(error).__name__, "message": first_line(str(error))}
    cause = java
    while cause.getCause() is not None:
        cause = cause.getCause()
    return {"version": 1, "step": step, "class": cause.getClass().getName(), "message": first_line(str(cause.toString()))}


def first_line(message):
    line = next((line.strip() for line in message.splitlines() if line.strip()), "no message")
    # Addresses may have a user and a password in them.
    return re.sub(r"://[^/@\s]+@", "://***@", line)[:MAX_MESSAGE]


def main():
    parser = argparse.ArgumentParser(description="Runs the statements of a validation on Spark.")
    parser.add_argument("--lake", required=True)
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    spark = SparkSession.builder.getOrCreate()
    answered = run_spec(spark, arguments.lake, arguments.folder)
    spark.stop()
    sys.exit(0 if answered else 1)


if __name__ == "__main__":
    main()
