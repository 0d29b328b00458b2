import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { PROGRAM_READER } from '../../../src/packages/languages/programs.ts';
import { fileOf } from './files.ts';

const scratch = useScratch();

function go(directory: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync('go', args, {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...process.env,
      GOFLAGS: '-mod=mod -buildvcs=false',
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
      CGO_ENABLED: '0',
      ...env,
    },
  });
}

/** A module with a dependency in a directory. Neither needs a network or packages other than the runtime. */
function writeModule(): string {
  const main = [
    'package main',
    'import "example.com/dep"',
    'var version string',
    'func main() { println(version, dep.Answer) }',
  ];
  const go = ['go 1.18', 'require example.com/dep v1.2.3', 'replace example.com/dep => ./dep'];
  return scratch.layout([
    { path: 'go.mod', data: Buffer.from(['module example.com/tool', ...go, ''].join('\n')) },
    { path: 'main.go', data: Buffer.from(main.join('\n')) },
    { path: 'dep/go.mod', data: Buffer.from('module example.com/dep\ngo 1.18\n') },
    { path: 'dep/dep.go', data: Buffer.from('package dep\nvar Answer = 42\n') },
  ]);
}

describe('a program that Go built', () => {
  it.each([
    ['linux', 'amd64', '-s -w'],
    ['windows', 'amd64', ''],
    ['darwin', 'arm64', '-X main.version=1.4.0'],
  ])('has the modules that go version -m prints: %s %s %s', needs('go'), (system, architecture, flags) => {
    const directory = writeModule();
    const output = join(directory, 'tool');
    go(directory, ['build', '-ldflags', flags, '-o', output, '.'], { GOOS: system, GOARCH: architecture });
    const packages = PROGRAM_READER.read(fileOf('/usr/bin/tool', readFileSync(output)));
    const printed = go(directory, ['version', '-m', output]);
    const [, goVersion] = /: go(\S+)\n/.exec(printed) ?? [];
    expect(printed).toContain('\tmod\texample.com/tool\t(devel)');
    expect(printed).toContain('\tdep\texample.com/dep\tv1.2.3\n\t=>\t./dep\t(devel)');
    expect(packages.map(({ name, version }) => [name, version])).toEqual([
      ['example.com/tool', flags.includes('-X') ? 'v1.4.0' : null],
      ['example.com/dep', null],
      ['stdlib', goVersion],
    ]);
  });

  it('has the modules that go version -m prints: Go itself', needs('go'), () => {
    const root = go('/', ['env', 'GOROOT']).trim();
    const program = join(root, 'bin', 'go');
    const packages = PROGRAM_READER.read(fileOf('/usr/local/go/bin/go', readFileSync(program)));
    const printed = go('/', ['version', '-m', program]);
    const modules = [...printed.matchAll(/^\t(?:mod|dep)\t(\S+)\t(\S+)/gm)].map(([, path]) => path);
    expect(packages.map(({ name }) => name)).toEqual([
      ...(modules.length > 0 ? modules : ['cmd/go']),
      'stdlib',
    ]);
  });
});
