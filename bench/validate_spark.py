"""Times two jobs in one session: Lakeferry's job.py on a spec, and the same checks written by hand.

    validate_spark.py LAKE/ FOLDER/ PARTS.json OUT ROUNDS

The one by hand reads the documents once: the counts are observed while the violations are written, and each unique key
takes an aggregation of its own over its column. A round of each comes first that is not counted.
"""

import json
import shutil
import sys
import time

import job
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F

lake, folder, parts_file, out, rounds = sys.argv[1:6]
spark = SparkSession.builder.getOrCreate()
with open(parts_file, encoding="utf-8") as file:
    parts = json.load(file)
with open(lake + folder + "spec.json", encoding="utf-8") as file:
    schema = job.StructType.fromJson(json.load(file)["relations"][0]["schema"])


def ours():
    shutil.rmtree(lake + folder + "answers", ignore_errors=True)
    if not job.run_spec(spark, lake, folder):
        with open(lake + folder + "error.json", encoding="utf-8") as file:
            raise RuntimeError(file.read())
    with open(lake + folder + "answers.json", encoding="utf-8") as file:
        answers = json.load(file)["statements"]
    return next(answer["count"] for answer in answers if answer["name"] == "violations")


def by_hand():
    papers = spark.read.schema(schema).parquet(*parts)
    columns = [name for name in papers.columns if name not in ("_id", "_extra", "_misfit")]

    def misfit(name):
        # get_json_object gives a null for null and for missing; a value is of another type.
        return F.get_json_object("_misfit", f"$['{name}']").isNotNull()

    def missing(name):
        return F.col(f"`{name}`").isNull() & ~F.coalesce(misfit(name), F.lit(False))

    twice = papers.where("id IS NOT NULL").groupBy("id").count().where("count > 1").select("id")
    doubled = [row.id for row in twice.collect()]
    rules = {f"{name}.type": F.col("_misfit").isNotNull() & misfit(name) for name in columns}
    rules |= {
        "id.required": missing("id"),
        "id.pattern": ~F.col("id").rlike(r"^(?:[A-Za-z0-9]{10})\z"),
        "id.unique": F.col("id").isin(doubled) if doubled else F.lit(False),
        "title.notEmpty": F.trim("title") == "",
        "status.required": missing("status"),
        "rating_avg.minimum": F.col("rating_avg") < -1,
        "rating_avg.maximum": F.col("rating_avg") > 10,
        "year.minimum": F.col("year") < 2013,
        "year.maximum": F.col("year") > 2030,
        "submittedAt.required": missing("submittedAt"),
    }
    counts = Observation()
    failing = (
        papers.observe(
            counts, F.count(F.lit(1)).alias("documents"), *[F.count_if(rule).alias(name) for name, rule in rules.items()]
        )
        .select("_id", F.array_compact(F.array(*[F.when(rule, F.lit(name)) for name, rule in rules.items()])).alias("rules"))
        .where("size(rules) > 0")
        .select("_id", F.explode("rules").alias("rule"))
        # Not orderBy, which would read everything once more to find out how to spread it.
        .repartition(1)
        .sortWithinPartitions("_id", "rule")
    )
    failing.write.mode("overwrite").option("compression", "gzip").json(out)
    return sum(count for name, count in counts.get.items() if name != "documents")


seconds = {"ours": [], "hand": []}
violations = {}
for number in range(int(rounds) + 1):
    for name, run in [("ours", ours), ("hand", by_hand)][:: 1 if number % 2 == 0 else -1]:
        began = time.perf_counter()
        violations[name] = run()
        if number > 0:
            seconds[name].append(time.perf_counter() - began)
print(json.dumps({**seconds, "violations": violations, "version": spark.version}))
spark.stop()
