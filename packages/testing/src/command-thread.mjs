// Runs commands one after another in a thread, with streams in memory. The calling thread waits for each command, so
// tests look as if they spawned a process, but take a hundredth of the time.
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { workerData } from 'node:worker_threads';

const { port, done, app } = workerData;
// A build with esbuild defines this name.
globalThis.LAYERS_VERSION = JSON.parse(readFileSync(new URL('package.json', app), 'utf8')).version;
const { run } = await import(new URL('build/program/run.js', app).href);

port.on('message', async ({ args, env, input }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  const [stdout, stderr] = [bufferedStream(), bufferedStream()];
  const status = await run(args, {
    env,
    stdin: Readable.from(input.length === 0 ? [] : [Buffer.from(input)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: new AbortController().signal,
  });
  port.postMessage({ status, stdout: stdout.text(), stderr: stderr.text() });
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
});

function bufferedStream() {
  const chunks = [];
  const stream = new Writable({
    write(chunk, _, callback) {
      chunks.push(Buffer.from(chunk));
      callback();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
