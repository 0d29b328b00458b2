/** A fault of a function's arguments. The execution adds where the function is called. */
export class CallError extends Error {}
