import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Session } from '../session.js';

type Terminal = Pick<Session, 'stdin' | 'stderr' | 'signal'>;

/** Asks for a line on the terminal. */
export function askForLine(question: string, terminal: Terminal): Promise<string> {
  return ask(question, terminal, terminal.stderr);
}

/** Asks for a secret on the terminal, without showing what is typed. */
export async function askForSecret(question: string, terminal: Terminal): Promise<string> {
  terminal.stderr.write(question);
  const answer = await ask('', terminal, new Writable({ write: (_chunk, _encoding, done) => done() }));
  terminal.stderr.write('\n');
  return answer;
}

/** Resolves to '' at the end of the input. */
function ask(
  question: string,
  { stdin, stderr, signal }: Terminal,
  output: NodeJS.WritableStream,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', stop);
      // Its own listeners stay: they detach it from the terminal, so that it shows nothing of what is typed next.
      lines.removeListener('close', onClose);
      lines.close();
      stdin.pause();
      finish();
    };
    const stop = () => end(() => reject(signal.reason));
    const onClose = () => end(() => resolve(''));
    signal.addEventListener('abort', stop);
    // A terminal that echoes nothing sends no signals for Ctrl-C.
    lines.on('SIGINT', () => {
      stderr.write('\n');
      process.kill(process.pid, 'SIGINT');
    });
    lines.on('close', onClose);
    lines.question(question, (answer) => end(() => resolve(answer)));
  });
}
