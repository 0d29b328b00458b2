// Works without a pause, as the command does for some seconds with a million files. Ends after a while, also if the test
// process is killed.
import { constants } from 'node:os';
import { watchSignals } from '../../build/signals/watch-signals.js';

const { SIGINT, SIGTERM } = constants.signals;
const { onHeard } = watchSignals(
  new Map([
    [SIGINT, 130],
    [SIGTERM, 143],
  ]),
);
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    onHeard();
    work();
  });
}
process.on('exit', () => console.log('cleaned up'));

const work = () => {
  console.log('busy');
  const end = performance.now() + 60_000;
  while (performance.now() < end);
  process.exit(99);
};
// Node calls the work in different ways.
const ready = 1500;
if (process.argv[2] === 'timer') setTimeout(work, ready);
else if (process.argv[2] === 'immediate') setTimeout(() => setImmediate(work), ready);
else if (process.argv[2] === 'promise') {
  await new Promise((resolve) => setTimeout(resolve, ready));
  work();
} else {
  setTimeout(() => console.log('busy'), ready);
  setInterval(() => {}, 2 ** 30);
}
