import { dockerfileError, type TextOrigin } from './dockerfile-error.js';

/** Linux's signal names without `SIG`. Real-time signals are counted from both ends. */
const NAME =
  /^(?:ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?)$/;

/** Signals of FreeBSD and macOS, for whose images an option can be. */
const OTHER_NAME = /^(?:EMT|INFO|LIBRT|LWP|THR)$/;

/**
 * Checks the argument of STOPSIGNAL and returns it unchanged. An option also accepts signals of other systems than Linux.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function checkedStopSignal(text: string, origin: TextOrigin = 'instruction'): string {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const isValid = /^[0-9]+$/.test(text)
    ? Number(text) >= 1 && Number(text) <= 64
    : NAME.test(name) || (origin === 'option' && OTHER_NAME.test(name));
  if (isValid) return text;
  throw dockerfileError(`Invalid signal: ${text}`, 'write a name such as SIGTERM, or a number from 1 to 64');
}
