export type HeaderField = readonly [tag: number, type: number, data: Buffer];

export const textField = (tag: number, text: string): HeaderField => [tag, 6, Buffer.from(`${text}\0`)];
export const numberField = (tag: number, value: number): HeaderField => {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(value);
  return [tag, 4, data];
};

/** A header as databases hold it: counts, an index entry for each field, and their data. */
export function headerOf(fields: readonly HeaderField[]): Buffer {
  const index = Buffer.alloc(8 + 16 * fields.length);
  const data = Buffer.concat(fields.map(([, , bytes]) => bytes));
  index.writeUInt32BE(fields.length, 0);
  index.writeUInt32BE(data.length, 4);
  let offset = 0;
  for (const [i, [tag, type, bytes]] of fields.entries()) {
    for (const [j, value] of [tag, type, offset, 1].entries()) index.writeUInt32BE(value, 8 + 16 * i + 4 * j);
    offset += bytes.length;
  }
  return Buffer.concat([index, data]);
}
