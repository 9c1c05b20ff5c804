"""One Spark session for many specs: a line of JSON on standard input names one, a line on standard output tells how it went."""

import json
import sys

sys.path.insert(0, sys.argv[1])

import job  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

settings = json.loads(sys.argv[2])
builder = SparkSession.builder
for key, value in settings.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
print(json.dumps({"version": spark.version}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"answered": job.run_spec(spark, asked["lake"], asked["folder"])}), flush=True)
spark.stop()
