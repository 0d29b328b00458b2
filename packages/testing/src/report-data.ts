import { inflateRawSync } from 'node:zlib';
import { decodeFleet, decodeReport, type FleetFacts, type ReportData } from '@layers/report/data';

/** Returns the data in a page that `layers report` wrote. */
export function reportDataIn(page: string): ReportData {
  return decodeReport(dataIn(page));
}

/** Returns the facts in a page that `layers report --fleet` wrote. */
export function fleetFactsIn(page: string): FleetFacts {
  return decodeFleet(dataIn(page));
}

function dataIn(page: string): Uint8Array {
  const [, data] = /<script type="text\/plain" id="data">([^<]*)<\/script>/.exec(page) ?? [];
  if (data === undefined) throw new Error('the page has no data');
  return inflateRawSync(Buffer.from(data, 'base64'));
}
