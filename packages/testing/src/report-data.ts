import { inflateRawSync } from 'node:zlib';
import { decodeReport, type ReportData } from '@layers/report/data';

/** Returns the data in a page that `layers report` wrote. */
export function reportDataIn(page: string): ReportData {
  const [, data] = /<script type="text\/plain" id="data">([^<]*)<\/script>/.exec(page) ?? [];
  if (data === undefined) throw new Error('the page has no data');
  return decodeReport(inflateRawSync(Buffer.from(data, 'base64')));
}
