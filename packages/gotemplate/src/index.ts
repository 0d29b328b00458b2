export { BUILTIN_FUNCTIONS } from './functions/builtin.js';
export { CallError } from './functions/call-error.js';
export { DOCKER_FUNCTIONS } from './functions/docker.js';
export type { ParameterType, TemplateFunction, TemplateFunctions } from './functions/function.js';
export { type GoString, goString, textOf } from './go-string.js';
export { LazyFields } from './lazy-fields.js';
export { type ExecuteOptions, Template, type TemplateOptions } from './template.js';
export {
  fromJson,
  GoComplex,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoType,
  GoUint8,
  type GoValue,
  type Json,
} from './value.js';
