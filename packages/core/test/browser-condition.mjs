// Prints the documents of the images of an archive. Run with `--conditions=browser`, it uses what a browser uses.
import { readFileSync } from 'node:fs';
import { analyse, inspectDocument } from '@layers/core/analysis';
import { openArchive, readImage } from '@layers/core/image';
import { memorySource } from '@layers/core/io';

const [path] = process.argv.slice(2);
const archive = await openArchive({ source: memorySource(readFileSync(path), path), path });
for (const description of archive.images) {
  const image = await readImage(archive, description, { threads: 0 });
  console.log(JSON.stringify(inspectDocument(analyse(image), { top: 10 })));
}
