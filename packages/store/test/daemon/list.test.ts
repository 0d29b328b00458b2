import { describe, expect, it } from 'vitest';
import { listInDaemon } from '../../src/daemon/list.ts';
import { fakeEngine, missingEngine, refusing } from './fake-engine.ts';

const answering = (text: string) =>
  fakeEngine((request, response) => {
    if (request.url === '/images/json') response.end(text);
    else response.writeHead(404).end();
  });

describe('listInDaemon', () => {
  it('lists images with their names, the newest first', async () => {
    const engine = await answering(
      JSON.stringify([
        { Id: 'sha256:a', RepoTags: ['old:1'], Created: 100, Size: 5 },
        { Id: 'sha256:b', RepoTags: ['<none>:<none>'], Created: 300, Size: 7 },
        { Id: 'sha256:c', RepoTags: ['new:1', 'new:2'], Created: 200, Size: 6 },
        { Id: 'sha256:d', RepoTags: null },
        'nothing',
      ]),
    );
    expect(await listInDaemon(engine)).toEqual([
      { id: 'sha256:b', tags: [], createdSeconds: 300, sizeBytes: 7 },
      { id: 'sha256:c', tags: ['new:1', 'new:2'], createdSeconds: 200, sizeBytes: 6 },
      { id: 'sha256:a', tags: ['old:1'], createdSeconds: 100, sizeBytes: 5 },
      { id: 'sha256:d', tags: [], createdSeconds: null, sizeBytes: null },
    ]);
  });

  it('reports an engine that is missing, refuses, or answers with something else', async () => {
    const code = 'ERR_LAYERS_DAEMON';
    await expect(listInDaemon(missingEngine())).rejects.toMatchObject({ code });
    await expect(listInDaemon(await fakeEngine(refusing(500, 'broken')))).rejects.toMatchObject({ code });
    for (const text of ['{}', 'no json', ''])
      await expect(listInDaemon(await answering(text))).rejects.toMatchObject({ code });
  });
});
