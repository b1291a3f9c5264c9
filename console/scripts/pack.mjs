// Makes of what was built something that a server has only to hand out: each file also compressed, and a list of all with type and hash.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const BUILD = new URL('../build', import.meta.url).pathname;
const TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
};

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );

const lines = [];
for (const file of files(BUILD).sort()) {
  const path = relative(BUILD, file);
  const type = TYPES[path.split('.').at(-1)];
  if (!type) throw new Error(`${path}: of what type is it?`);
  const plain = readFileSync(file);
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
  writeFileSync(`${file}.br`, brotli);
  lines.push([path, type, createHash('sha256').update(plain).digest('hex').slice(0, 24)].join('\t'));
}
writeFileSync(join(BUILD, '.assets'), `${lines.join('\n')}\n`);
writeFileSync(
  join(BUILD, '.gitignore'),
  '# What was built is not kept; the folder is, so that cargo sees it change.\n*\n!.gitignore\n',
);
writeFileSync(join(BUILD, '.stamp'), `${process.env.GONGFANG_CONSOLE_STAMP ?? 'by hand'}\n`);
