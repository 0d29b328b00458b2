/** The version of the tables. It changes with every change that a reader of the files notices, other than a new column or table. */
export const FLEET_SCHEMA_VERSION = 1;

/** Types of columns, with the names that DuckDB and most other engines have for them. */
export type ColumnType = 'BIGINT' | 'INTEGER' | 'VARCHAR' | 'BLOB' | 'TIMESTAMP';

/** A column of a table. */
export interface FleetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether it can be null. */
  readonly nullable: boolean;
  readonly meaning: string;
}

/** A table: a folder of Parquet files. */
export interface FleetTable {
  readonly name: TableName;
  readonly meaning: string;
  readonly columns: readonly FleetColumn[];
}

/** The names of all tables. */
export const TABLE_NAMES = [
  'images',
  'tags',
  'image_layers',
  'layers',
  'files',
  'hidden',
  'links',
  'packages',
  'problems',
  'chunked',
  'chunks',
] as const;

/** The name of a table. */
export type TableName = (typeof TABLE_NAMES)[number];

const column =
  (nullable: boolean) =>
  (name: string, type: ColumnType, meaning: string): FleetColumn => ({ name, type, nullable, meaning });
const has = column(false);
const may = column(true);

/** The tables that a fleet has once it was scanned for chunks. */
export const CHUNK_TABLES = ['chunked', 'chunks'] as const satisfies readonly TableName[];

/** The tables of a fleet, each column with its meaning. docs/fleet.md lists them. */
export const FLEET_TABLES: readonly FleetTable[] = [
  {
    name: 'images',
    meaning: 'each image once, in however many places and under however many tags it was found',
    columns: [
      has('image', 'BIGINT', 'the number of the image in this fleet'),
      has('digest', 'VARCHAR', 'the digest of the manifest; of the config where there is no manifest'),
      may('config_digest', 'VARCHAR', 'the digest of the config, which Docker calls the image id'),
      may('os', 'VARCHAR', 'the operating system'),
      may('architecture', 'VARCHAR', 'the processor'),
      may('variant', 'VARCHAR', 'the variant of the processor'),
      may('created', 'TIMESTAMP', 'when the config says that the image was created, in UTC'),
      may('distribution', 'VARCHAR', 'the distribution and its release, such as debian 12'),
      has('layers', 'INTEGER', 'the number of layers'),
      has('stored_bytes', 'BIGINT', 'the bytes of its blobs of layers, each blob once'),
      has('tar_bytes', 'BIGINT', 'the bytes of its layers, uncompressed'),
      has('content_bytes', 'BIGINT', 'the bytes of the regular files of all layers'),
      has('rootfs_bytes', 'BIGINT', 'those that a path of the root file system reaches'),
      has('wasted_bytes', 'BIGINT', 'content_bytes - rootfs_bytes'),
      has('entries', 'BIGINT', 'the entries of all layers'),
      has('files', 'BIGINT', 'the paths of regular files in the root file system'),
    ],
  },
  {
    name: 'tags',
    meaning: 'where the last scan found images: one row for each tag, and one for an image without tags',
    columns: [
      has('image', 'BIGINT', 'the image'),
      may('tag', 'VARCHAR', 'the tag with its repository, such as app:1.0; null without tags'),
      may('repository', 'VARCHAR', 'the tag without what follows the last colon'),
      has('source', 'VARCHAR', 'the archive or layout'),
      has('position', 'INTEGER', 'the position of the image in the source, from 0'),
    ],
  },
  {
    name: 'image_layers',
    meaning: 'the layers of each image',
    columns: [
      has('image', 'BIGINT', 'the image'),
      has('position', 'INTEGER', 'the position of the layer, from 0 at the base'),
      has('layer', 'BIGINT', 'the layer, a row of layers'),
      has('tree', 'BIGINT', 'the entries of the layer, in files'),
      may('instruction', 'VARCHAR', 'the instruction that made the layer'),
      may('created', 'TIMESTAMP', 'when the history says that the instruction ran, in UTC'),
    ],
  },
  {
    name: 'layers',
    meaning: 'each blob of a layer once, in however many images it is',
    columns: [
      has('layer', 'BIGINT', 'the number of the layer in this fleet'),
      has('tree', 'BIGINT', 'its entries in files: blobs of one tar, compressed differently, have the same'),
      has('digest', 'VARCHAR', 'the digest of the blob as stored'),
      has('diff_id', 'VARCHAR', 'the digest of the uncompressed tar'),
      may('media_type', 'VARCHAR', 'the media type; null where none is declared'),
      may('compression', 'VARCHAR', 'gzip, zstd; null without compression'),
      has('stored_bytes', 'BIGINT', 'the bytes of the blob'),
      has('tar_bytes', 'BIGINT', 'the bytes of the uncompressed tar'),
      has('content_bytes', 'BIGINT', 'the bytes of its regular files'),
      has('entries', 'BIGINT', 'the entries of the tar'),
      may('sample_bytes', 'BIGINT', 'the bytes of a sample of the tar; null where it was not measured'),
      may('sample_zstd_bytes', 'BIGINT', 'those of the sample, compressed with zstd'),
    ],
  },
  {
    name: 'files',
    meaning: 'the entries of each tar of a layer once, in the order of the tar',
    columns: [
      has('tree', 'BIGINT', 'the tar'),
      has('entry', 'INTEGER', 'the position of the entry in the tar, from 0'),
      has('path', 'VARCHAR', 'the path with a leading slash; of a whiteout, what it hides'),
      may('path_bytes', 'BLOB', 'the bytes of the path, where they are not UTF-8'),
      has('type', 'VARCHAR', 'file, hardlink, symlink, directory, char, block, fifo, whiteout or opaque'),
      has('size_bytes', 'BIGINT', 'the bytes of a file; 0 for all others'),
      may('content', 'VARCHAR', 'the first 32 digits of the SHA-256 of a file; null for all others'),
      has('mode', 'INTEGER', 'the permissions'),
      has('uid', 'BIGINT', 'the owner'),
      has('gid', 'BIGINT', 'the group'),
      has('mtime', 'BIGINT', 'the time of the last change, in seconds since 1970'),
      may('link', 'VARCHAR', 'the target of a link'),
      may('link_bytes', 'BLOB', 'the bytes of the target, where they are not UTF-8'),
    ],
  },
  {
    name: 'hidden',
    meaning: 'entries of an image that do not show in its root file system',
    columns: [
      has('image', 'BIGINT', 'the image'),
      has('position', 'INTEGER', 'the position of the layer'),
      has('entry', 'INTEGER', 'the entry of the layer'),
    ],
  },
  {
    name: 'links',
    meaning: 'the content of each hard link that shows in the root file system of an image',
    columns: [
      has('image', 'BIGINT', 'the image'),
      has('position', 'INTEGER', 'the position of the layer of the link'),
      has('entry', 'INTEGER', 'the entry of the link'),
      has('target_position', 'INTEGER', 'the position of the layer that stores the content'),
      has('target_entry', 'INTEGER', 'the entry that stores the content'),
    ],
  },
  {
    name: 'packages',
    meaning: 'the packages in the root file system of each image',
    columns: [
      has('image', 'BIGINT', 'the image'),
      has('type', 'VARCHAR', 'dpkg, apk, rpm, npm, …'),
      has('name', 'VARCHAR', 'the name'),
      may('version', 'VARCHAR', 'the version'),
      may('architecture', 'VARCHAR', 'the processor'),
      has('purl', 'VARCHAR', 'the package URL'),
      may('size_bytes', 'BIGINT', 'the bytes of its files'),
      has('position', 'INTEGER', 'the position of the layer that brought this version'),
      has('path', 'VARCHAR', 'the database or manifest that lists it'),
    ],
  },
  {
    name: 'problems',
    meaning: 'what the last scan could not read',
    columns: [
      has('source', 'VARCHAR', 'the archive or layout'),
      may('position', 'INTEGER', 'the position of the image in the source; null for all of it'),
      has('code', 'VARCHAR', 'the code of the error or finding'),
      has('message', 'VARCHAR', 'what is wrong'),
    ],
  },
  {
    name: 'chunked',
    meaning: 'the tars whose chunks a scan found; a second row of a tar adds chunks to a sample',
    columns: [
      has('tree', 'BIGINT', 'the tar'),
      has(
        'one_in',
        'BIGINT',
        'of how many chunks one has a row in chunks: 1 for all; the least number of a tar counts',
      ),
      has('chunks', 'BIGINT', 'the number of its chunks, with those that have no row'),
    ],
  },
  {
    name: 'chunks',
    meaning:
      'the chunks of the files of each tar in chunked, or a sample of them: those with the least numbers',
    columns: [
      has('tree', 'BIGINT', 'the tar'),
      has('entry', 'INTEGER', 'the entry of the file'),
      has('chunk', 'BIGINT', 'the first 13 digits of the SHA-256 of the chunk, as a number'),
      has('size_bytes', 'INTEGER', 'the bytes of the chunk'),
    ],
  },
];

/** Returns a table by its name. */
export function tableNamed(name: TableName): FleetTable {
  const table = FLEET_TABLES.find((each) => each.name === name);
  if (table === undefined) throw new Error(`there is no table ${name}`);
  return table;
}
