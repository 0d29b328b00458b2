/** Memory that threads share needs headers of a server, which hosts of static files do not send. */
export function sharedCounters(count: number): BigInt64Array {
  return new BigInt64Array(count);
}
