// Measures the scan for secrets on one core, without decompression: megabytes of a layer's tar for each second of
// processor time, the best of three.
//
//     node secrets.mjs LAYER.tar [RULES.toml]
import { statSync } from 'node:fs';
import { fileSource } from '../packages/core/dist/io/index.js';
import { loadRules } from '../packages/insight/dist/secrets/index.js';
import { compiled } from '../packages/insight/dist/secrets/scan/scan-job.js';
import { scanLayer } from '../packages/insight/dist/secrets/scan/scan-layer.js';

const [file, ruleFile] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node secrets.mjs LAYER.tar [RULES.toml]');
const { size } = statSync(file);
const rules = compiled(ruleFile === undefined ? null : loadRules(ruleFile));
let best = 0;
let secrets = 0;
for (let run = 0; run < 3; run++) {
  const before = process.cpuUsage();
  const { files } = await scanLayer(fileSource(file, size).stream(), rules);
  const { user, system } = process.cpuUsage(before);
  best = Math.max(best, size / (user + system));
  secrets = files.reduce((sum, each) => sum + each.secrets.length, 0);
}
console.log(JSON.stringify({ megabytesPerSecond: Math.round(best), secrets }));
