import { dockerfileError } from './dockerfile-error.js';

/** The names that Linux has, without `SIG`; those of real time have numbers behind them. */
const NAME =
  /^(?:ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?)$/;

/** The signal as it is written. Throws ERR_LAYERS_DOCKERFILE for what is none. */
export function stopSignalOf(text: string): string {
  const isNumber = /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 64;
  if (isNumber || NAME.test(text.toUpperCase().replace(/^SIG/, ''))) return text;
  throw dockerfileError(`Invalid signal: ${text}`, 'write a name such as SIGTERM, or a number from 1 to 64');
}
