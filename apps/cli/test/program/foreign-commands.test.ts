import { describe, expect, it } from 'vitest';
import {
  foreignCommandHint,
  foreignOptionHint,
  longerOptions,
  otherNumberOf,
} from '../../src/program/foreign-commands.ts';
import { GROUPS } from '../../src/program/program.ts';

const records = GROUPS.flatMap(({ commands }) => commands);

describe('a command of another tool', () => {
  it.each([
    [['show', 'app.tar'], 'layers inspect'],
    [['image', 'untag', 'app'], 'layers rmi'],
    [['flatten', 'app.tar'], 'layers squash'],
    [['unpack'], 'layers extract'],
    [['cp', 'a', 'b'], 'layers copy'],
    [['system', 'df'], 'layers images'],
    [['docker', 'images'], 'layers images'],
    [['podman', 'image', 'untag', 'app'], 'layers rmi'],
    [['skopeo', 'copy'], 'layers copy'],
    [['skopeo', 'delete'], 'layers rm'],
    [['docker', 'push'], 'layers push'],
    [['crane', 'auth', 'login'], 'layers login'],
    [['umoci', 'unpack'], 'layers extract'],
    [['manifest', 'inspect'], 'layers manifest'],
    [['crane', 'ls', 'app'], 'layers tags'],
    [['skopeo', 'list-tags', 'docker://app'], 'layers tags'],
    [['docker', 'ls'], 'layers ls'],
    [['crane', 'catalog', 'localhost:5000'], 'layers catalog'],
    [['skopeo', 'manifest-digest', 'm.json'], 'layers digest'],
  ])('%j leads to %s', (args, command) => {
    expect(foreignCommandHint(args)).toContain(command);
  });

  it.each([
    [['docker'], 'layers images'],
    [['podman', 'app.tar'], 'layers images'],
    [['nerdctl'], 'layers images'],
    [['ctr', 'i'], 'layers images'],
    [['skopeo'], 'layers copy'],
    [['crane'], 'layers append'],
    [['dive'], 'layers explore'],
    [['dive', 'app.tar'], 'layers explore'],
    [['umoci'], 'layers extract'],
    [['buildah'], 'layers append'],
    [['syft', 'app.tar'], 'layers packages'],
  ])('%j: the name of the tool leads to %s', (args, command) => {
    expect(foreignCommandHint(args)).toContain(command);
  });

  it.each(['search', 'ps', 'build'])('%s is reported as not supported', (name) => {
    expect(foreignCommandHint([name])).toMatch(/^layers does not /);
  });

  it.each([
    [['scan', 'app.tar'], 'trivy image --input'],
    [['scout', 'app.tar'], 'trivy image --input'],
    [['trivy', 'app.tar'], 'trivy image --input'],
    [['grype', 'app.tar'], 'trivy image --input'],
    [['cves', 'app.tar'], 'trivy image --input'],
    [['docker', 'scan', 'app:1'], 'trivy image --input'],
    [['docker', 'scout', 'cves', 'app:1'], 'trivy image --input'],
    [['trivy', 'image', 'app:1'], 'trivy image --input'],
    [['syft', 'scan', 'app.tar'], 'layers packages'],
    [['docker', 'sbom', 'app:1'], 'layers packages'],
    [['pkgs', 'app.tar'], 'layers packages'],
    [['cosign', 'verify', 'app'], 'cosign sign'],
    [['browse', 'app.tar'], 'layers explore'],
    [['view', 'app.tar'], 'layers explore'],
    [['grep', 'app.tar'], 'layers find'],
    [['size', 'app.tar'], 'layers history'],
    [['slim', 'app.tar'], 'layers repack --drop-waste'],
    [['purge'], 'layers prune'],
    [['compare', 'a', 'b'], 'layers diff'],
  ])('%j leads to the tool that does it: %s', (args, tool) => {
    expect(foreignCommandHint(args)).toContain(tool);
  });

  // The commands of docker 27, podman 5, skopeo 1.16, crane 0.20, umoci 0.4 and dive 0.12 that change or show images.
  it.each([
    'run exec ps build bake pull push images login logout search version info builder buildx compose container context',
    'image manifest network plugin system volume trust attach commit cp create diff events export history import inspect',
    'kill load logs pause port rename restart rm rmi save start stats stop swarm tag top unpause update wait node secret',
    'service stack mount umount unmount pod play kube generate healthcheck init machine farm unshare untag artifact',
    'copy delete generate-sigstore-key list-tags manifest-digest standalone-sign standalone-verify sync append auth blob',
    'catalog config digest edit flatten index ls mutate rebase registry serve validate list new repack unpack insert stat',
    'gc raw scp sign exists',
  ])('is ours or explained: %s', (line) => {
    const own = new Set(['image', ...records.map(({ name }) => name)]);
    const unknown = line
      .split(' ')
      .filter((name) => !own.has(name) && foreignCommandHint([name]) === undefined);
    expect(unknown).toEqual([]);
  });

  it('is neither a command of ours nor listed twice', () => {
    const names = records.flatMap(({ otherNames = [] }) => otherNames);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => records.some((record) => record.name === name))).toEqual([]);
    expect(foreignCommandHint(['inspct'])).toBeUndefined();
    expect(foreignCommandHint(['image', 'lss'])).toBeUndefined();
    expect(foreignCommandHint(['constructor'])).toBeUndefined();
    expect(foreignCommandHint([])).toBeUndefined();
  });
});

describe('an option of another tool', () => {
  it.each([
    ['prune', '-a', 'layers rmi'],
    ['inspect', '--format', '--json'],
    ['save', '-m', 'always'],
    ['manifest', '--raw', 'layers manifest'],
    ...['save', 'repack', 'config', 'append', 'squash'].flatMap((command) => [
      [command, '-f', '--force'],
      [command, '-f', '--format'],
    ]),
    ['export', '-f', '--force'],
    ['extract', '-f', '--force'],
    ['tag', '-f', 'moves'],
    ['pull', '-o', 'layers copy docker://NAME'],
    ['push', '--input', 'layers copy FILE'],
    ['load', '-o', 'layers copy FILE'],
    ['push', '--tls-verify', '--insecure'],
    ['copy', '--src-creds', '--password-stdin'],
    ['login', '-p', '--password-stdin'],
  ])('%s %s is explained', (command, option, text) => {
    expect(foreignOptionHint(command, option)).toContain(text);
  });

  it('is not known by a name of Object', () => {
    expect(foreignOptionHint('constructor', '--toString')).toBeUndefined();
  });
});

describe('a word that is almost one of ours', () => {
  it.each([
    ['secret', 'secrets'],
    ['package', 'packages'],
    ['reports', 'report'],
    ['duplicate', 'duplicates'],
  ])('%s is the other number of %s', (word, command) => {
    expect(otherNumberOf(word)).toBe(command);
  });

  it.each(['inspct', 'event', '', 's'])('%s is none', (word) => {
    expect(otherNumberOf(word)).toBeUndefined();
  });

  it.each([
    ['check', '--max-size', ['--max-stored-size', '--max-content-size', '--max-layer-size']],
    ['check', '--secrets', ['--forbid-secrets']],
    ['verify', '--progress', []],
    ['config', '--env', ['--set-env']],
    ['check', '--', []],
    ['check', '-m', []],
    ['constructor', '--max-size', []],
  ])('%s %s: options that have its words are %j', (command, option, options) => {
    expect(longerOptions(command, option)).toEqual(options);
  });
});
