export {
  algorithmOf,
  type ComputableAlgorithm,
  computableAlgorithmOf,
  type Digest,
  hexOf,
  isDigest,
  parseDigest,
} from './digest.js';
export { createDigester, type Digester, digestOf } from './digester.js';
