export { type EmitOptions, emitTar } from './emit-tar.js';
