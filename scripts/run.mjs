// npm start, npm test and npm run build: set up what is missing, then do the work.
import { ensureBuilt, run } from './setup.mjs';

const [what, ...args] = process.argv.slice(2);
ensureBuilt();
if (what === 'layers') process.exitCode = run('apps/cli/bin/layers.js', args);
else if (what === 'test') process.exitCode = run('node_modules/vitest/vitest.mjs', ['run', ...args]);
