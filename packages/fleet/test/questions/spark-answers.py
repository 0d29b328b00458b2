"""Runs queries in Spark over the files of a fleet. Standard input has a JSON document with the files of each table, views to make
first, and queries by name. Prints the rows of each query as JSON, and what a program prints."""

import contextlib
import io
import json
import sys
from datetime import datetime
from decimal import Decimal

from pyspark.sql import SparkSession

job = json.load(sys.stdin)
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    # A few rows: compiling each query takes longer than running it.
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
for table, files in job["tables"].items():
    spark.read.parquet(*files).createOrReplaceTempView(table)
for view in job["views"]:
    spark.sql(view)


def value(cell):
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%S.") + f"{cell.microsecond // 1000:03}Z"
    return int(cell) if isinstance(cell, Decimal) else cell


rows = {name: [[value(cell) for cell in row] for row in spark.sql(sql).collect()] for name, sql in job["queries"].items()}
with contextlib.redirect_stdout(io.StringIO()) as printed:
    exec(job["program"], {})
json.dump({"rows": rows, "printed": printed.getvalue()}, sys.stdout)
