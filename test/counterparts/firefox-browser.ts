import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import WebSocket from 'ws';

/** Where Firefox puts what a page saves, without a question. */
const PREFERENCES = {
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

type Fields = Readonly<Record<string, unknown>>;

interface Waiting {
  resolve(result: Fields): void;
  reject(error: Error): void;
}

/** A tab of Debian's Firefox without a window, over WebDriver BiDi (W3C). */
export class Firefox {
  /** Requests to servers. */
  readonly requests: string[] = [];
  /** Errors, and messages of the console. */
  readonly messages: string[] = [];
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #context = '';
  #last = 0;

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
  }

  static async start(): Promise<Firefox> {
    const folder = mkdtempSync(join(tmpdir(), 'layers-firefox-'));
    const preferences = { ...PREFERENCES, 'browser.download.dir': join(folder, 'downloads') };
    mkdirSync(join(folder, 'downloads'));
    writeFileSync(
      join(folder, 'user.js'),
      Object.entries(preferences)
        .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
        .join(''),
    );
    const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0'];
    const env = { ...process.env, HOME: folder };
    const child = spawn('firefox-esr', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const socket = new WebSocket(`${await addressOf(child)}/session`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const firefox = new Firefox(child, folder, socket);
    await firefox.#send('session.new', { capabilities: {} });
    await firefox.#send('session.subscribe', {
      events: ['log.entryAdded', 'network.beforeRequestSent'],
    });
    const { context } = await firefox.#send('browsingContext.create', { type: 'tab' });
    firefox.#context = String(context);
    return firefox;
  }

  async open(url: string): Promise<void> {
    await this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
    if (url.startsWith('http')) await this.value('navigator.serviceWorker.ready.then(() => true)');
    this.requests.length = 0;
  }

  /** Chooses files in an input. */
  async choose(input: string, files: readonly string[]): Promise<void> {
    const expression = `document.querySelector(${JSON.stringify(input)})`;
    const { sharedId } = await this.#evaluate(expression);
    await this.#send('input.setFiles', { context: this.#context, element: { sharedId }, files });
  }

  /** Returns the value of an expression: text, a number or a boolean. */
  async value(expression: string): Promise<unknown> {
    return (await this.#evaluate(expression))['value'];
  }

  /** Clicks the first element, and returns what it saves under a name, in UTF-8. */
  async saved(selector: string, name: string): Promise<string> {
    const path = join(this.#folder, 'downloads', name);
    rmSync(path, { force: true });
    await this.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
    // A part file stands beside a file that is not complete.
    const isComplete = () =>
      existsSync(path) &&
      !readdirSync(join(this.#folder, 'downloads')).some((file) => file.endsWith('.part'));
    await expect.poll(isComplete).toBe(true);
    return readFileSync(path, 'utf8');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
    this.#socket.terminate();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #evaluate(expression: string): Promise<Fields> {
    const target = { context: this.#context };
    const result = await this.#send('script.evaluate', { expression, target, awaitPromise: true });
    if (result['type'] === 'exception') throw new Error(JSON.stringify(result['exceptionDetails']));
    return fieldsOf(result['result']);
  }

  #send(method: string, params: Fields): Promise<Fields> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(message: Fields): void {
    const params = fieldsOf(message['params']);
    if (message['method'] === 'log.entryAdded') this.messages.push(String(params['text']));
    if (message['method'] === 'network.beforeRequestSent') {
      const url = String(fieldsOf(params['request'])['url']);
      // The browser asks for the icon when it likes.
      if (!/^(?:blob|data):|\/icon\.svg$/.test(url) && params['context'] === this.#context)
        this.requests.push(url);
    }
    const id = Number(message['id']);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message['type'] === 'error') waiting?.reject(new Error(String(message['message'])));
    else waiting?.resolve(fieldsOf(message['result']));
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`firefox-esr ended: ${text}`)));
  });
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
