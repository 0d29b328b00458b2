/** The first word of the command lines by which the scripts ask for words. It is not a command for users. */
export const OFFER = '__complete';
