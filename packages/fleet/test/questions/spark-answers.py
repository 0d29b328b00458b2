"""Runs queries in Spark over the files of a fleet. Standard input has a JSON document with the files of each table, views to make
first, and queries by name. Prints the rows of each query as JSON."""

import json
import sys

from pyspark.sql import SparkSession

job = json.load(sys.stdin)
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    # A few rows: compiling each query takes longer than running it.
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
for table, files in job["tables"].items():
    spark.read.parquet(*files).createOrReplaceTempView(table)
for view in job["views"]:
    spark.sql(view)
rows = {name: [list(row) for row in spark.sql(sql).collect()] for name, sql in job["queries"].items()}
json.dump(rows, sys.stdout)
