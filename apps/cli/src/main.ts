import { VERSION } from './version.js';

const args = process.argv.slice(2);

// Scripts ask for the version often, and it needs nothing else loaded.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.on('error', () => {});
  process.stdout.write(`layers ${VERSION}\n`);
} else {
  const { runProcess } = await import('./run-process.js');
  await runProcess(args);
}
