#!/usr/bin/env node
import('../dist/main.js').catch((error) => {
  const unbuilt =
    error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.url ?? error.message).includes('dist/main.js');
  console.error(unbuilt ? 'layers is not built yet: run "npm start" in the root of the repository' : error);
  process.exitCode = unbuilt ? 2 : 3;
});
