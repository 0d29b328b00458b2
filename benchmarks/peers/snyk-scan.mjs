// Scans an archive with snyk-docker-plugin, offline, and prints what it found as JSON:
//
//     node snyk-scan.mjs MODULE docker-archive:FILE
//
// MODULE is the full path of the plugin's main file.
import { createRequire } from 'node:module';

const [module, image] = process.argv.slice(2);
const { scan } = createRequire(import.meta.url)(module);
const { scanResults } = await scan({ path: image });
const facts = scanResults[0].facts;
const fact = (type) => facts.find((each) => each.type === type)?.data;
const packages = fact('depGraph')?.getDepPkgs().length ?? 0;
process.stdout.write(`${JSON.stringify({ layers: fact('imageLayers').length, packages })}\n`);
