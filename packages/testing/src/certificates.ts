import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority and what it issued: certificates for servers on the loopback interface, and for clients. */
export interface Certificates {
  /** The certificate of the authority, as PEM text. */
  readonly ca: string;
  readonly server: Certificate;
  readonly client: Certificate;
}

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
}

/** Makes an authority, with a certificate for `localhost` and 127.0.0.1 and one for a client. */
export function createCertificates(): Certificates {
  const keys = newKeys();
  const issuer = { name: 'authority of tests', key: keys.privateKey };
  return {
    ca: certificatePem(issuer.name, keys.publicKey, issuer, [AUTHORITY]),
    server: issued('localhost', issuer, [LOOPBACK_NAMES]),
    client: issued('client of tests', issuer, []),
  };
}

/** Makes a certificate that is signed with its own key. */
export function createSelfSigned(name: string): Certificate & { readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = newKeys();
  const cert = certificatePem(name, publicKey, { name, key: privateKey }, [AUTHORITY]);
  return { cert, key: pemOf(privateKey), privateKey };
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function issued(name: string, issuer: Issuer, extensions: readonly Buffer[]): Certificate {
  const { publicKey, privateKey } = newKeys();
  return { cert: certificatePem(name, publicKey, issuer, extensions), key: pemOf(privateKey) };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Returns a certificate of version 3 (RFC 5280 section 4.1), valid from 2020 until 2049. */
function certificatePem(
  subject: string,
  publicKey: KeyObject,
  issuer: Issuer,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(12)])),
    algorithm,
    commonName(issuer.name),
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = tagged(0x03, Buffer.from([0]), sign('sha256', toBeSigned, issuer.key));
  const base64 = sequence(toBeSigned, algorithm, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Encodes a value as DER: tag, length, content (X.690 section 8.1). */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...digits]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(text: string): Buffer {
  return tagged(0x17, Buffer.from(text));
}

function commonName(text: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(text)))));
}

/** basicConstraints, critical: an authority. */
const AUTHORITY = sequence(
  oid('551d13'),
  Buffer.from([0x01, 0x01, 0xff]),
  tagged(0x04, sequence(Buffer.from([0x01, 0x01, 0xff]))),
);

/** subjectAltName: a DNS name and an address. */
const LOOPBACK_NAMES = sequence(
  oid('551d11'),
  tagged(0x04, sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))),
);
