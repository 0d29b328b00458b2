import { describe, expect, it } from 'vitest';
import { redactInstruction } from '../../src/collect/index.ts';

const plain = (text: string): string =>
  redactInstruction(text, (rest) => rest.replaceAll('hunter22', '****'));

describe('an instruction in a report', () => {
  it.each([
    ['ENV TOKEN=abc', 'ENV TOKEN=****'],
    ['ENV A=1 B="two words" C=', 'ENV A=**** B=**** C='],
    ['/bin/sh -c #(nop)  ENV PATH=/usr/bin', '/bin/sh -c #(nop)  ENV PATH=****'],
    ['ENV TOKEN abc def', 'ENV TOKEN ****'],
    ['ARG VERSION=1.2', 'ARG VERSION=****'],
    ['ARG VERSION', 'ARG VERSION'],
    ['|1 TOKEN=abc /bin/sh -c make', '|1 TOKEN=**** /bin/sh -c make'],
    ['RUN |2 A=x y B=z /bin/sh -c make # buildkit', 'RUN |2 A=**** B=**** /bin/sh -c make # buildkit'],
    ['RUN curl -u me:hunter22 https://example.org', 'RUN curl -u me:**** https://example.org'],
    ['RUN apt-get install -y curl', 'RUN apt-get install -y curl'],
  ])('%s becomes %s', (instruction, shown) => {
    expect(plain(instruction)).toBe(shown);
  });
});
