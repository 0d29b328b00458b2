#!/usr/bin/env node
'use strict';

let start;
try {
  start = require('../dist/main.cjs').main;
} catch (error) {
  const isUnbuilt = error?.code === 'MODULE_NOT_FOUND' && error.message.includes('dist/main.cjs');
  if (!isUnbuilt) throw error;
  console.error('layers is not built yet: run "npm start" in the root of the repository');
  process.exitCode = 2;
}
// Another file starts this one as a plugin of docker.
start?.(process.argv.slice(2), require.main !== module).catch((error) => {
  console.error(error);
  console.error('hint: this is a bug in layers: report it with the command line and the trace');
  process.exitCode = 70;
});
