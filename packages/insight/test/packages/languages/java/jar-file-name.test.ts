import { expect, it } from 'vitest';
import { parseJarFileName } from '../../../../src/packages/languages/java/jar-file-name.ts';

it.each([
  ['/usr/share/java/commons-io-2.11.0.jar', 'commons-io', '2.11.0'],
  ['guava-31.1-jre.jar', 'guava', '31.1-jre'],
  ['app-1.0-SNAPSHOT.war', 'app', '1.0-SNAPSHOT'],
  ['akka-actor_2.13-2.6.20.jar', 'akka-actor_2.13', '2.6.20'],
  ['scala-library_2.13.8.jar', 'scala-library', '2.13.8'],
  ['org.eclipse.core.runtime_3.1.0.v2021.jar', 'org.eclipse.core.runtime', '3.1.0.v2021'],
  ['jetpack-build235-rc5.jar', 'jetpack', 'build235-rc5'],
  ['ironman-r4-2009.jar', 'ironman', 'r4-2009'],
  ['my-http2-server-5.jar', 'my-http2-server', '5'],
  ['spring-rabbit-2.0.jar', 'spring-rabbit', '2.0'],
  ['rt.jar', 'rt', null],
  ['jakarta.activation-api.jar', 'jakarta.activation-api', null],
  ['1.0.jar', null, null],
  ['.jar', null, null],
  [`${'a-'.repeat(10_000)}1.jar`, null, null],
])('%s', (path, name, version) => {
  expect(parseJarFileName(path)).toEqual({ name, version });
});
