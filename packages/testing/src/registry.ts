// The registry of tests: one import path for what tests use of it.

export { type Behaviour, COMPLETE } from './registry/api/behaviour.ts';
export { digestOf, type Repository, type StoredManifest } from './registry/api/storage.ts';
export type { Authentication, BearerOptions, Users } from './registry/auth/authentication.ts';
export type { Scope } from './registry/auth/scopes.ts';
export {
  type Amount,
  type Fault,
  type FaultKind,
  type FaultPlan,
  htmlPage,
  tooManyRequests,
} from './registry/http/faults.ts';
export type { ServerTls } from './registry/http/http-server.ts';
export { type RandomFaults, randomFaults, recoverable } from './registry/http/random-faults.ts';
export type {
  RequestLog,
  RequestRecord,
  SentCredential,
  ServerName,
  Transfer,
} from './registry/http/request-log.ts';
export { startTestRegistry, type TestRegistry, type TestRegistryOptions } from './registry/test-registry.ts';
