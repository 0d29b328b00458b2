// Runs npm start, npm test and npm run build: first installs and builds what is missing.
import { ensureBuilt, run } from './setup.mjs';

const [what, ...args] = process.argv.slice(2);
const vitest = 'node_modules/vitest/vitest.mjs';
ensureBuilt();
if (what === 'layers') process.exitCode = run('apps/cli/bin/layers.js', args);
else if (what === 'test') process.exitCode = run(vitest, ['run', '--project', 'fast*', ...args]);
else if (what === 'test:slow') process.exitCode = run(vitest, ['run', '--project', 'slow', ...args]);
else if (what === 'test:all') process.exitCode = run(vitest, ['run', '--coverage', ...args]);
else if (what === 'test:counterparts')
  process.exitCode = run(vitest, ['run', '--config', 'test/counterparts/vitest.config.ts', ...args]);
