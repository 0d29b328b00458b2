#!/usr/bin/env node
import('../dist/main.js').catch((error) => {
  const isUnbuilt =
    error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.url ?? error.message).includes('dist/main.js');
  if (isUnbuilt) {
    console.error('layers is not built yet: run "npm start" in the root of the repository');
    process.exitCode = 2;
    return;
  }
  console.error(error);
  console.error('hint: this is a bug in layers: report it with the command line and the trace');
  process.exitCode = 70;
});
