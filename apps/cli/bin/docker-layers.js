#!/usr/bin/env node
'use strict';

// Docker asks every plugin for this whenever it prints its help or completes a word: nothing else is loaded.
if (process.argv[2] === 'docker-cli-plugin-metadata') {
  const { version, homepage } = require('../package.json');
  const metadata = {
    SchemaVersion: '0.1.0',
    Vendor: 'The layers project',
    Version: version,
    ShortDescription: 'Inspect, compare, change and move images as files',
    URL: homepage,
  };
  process.stdout.write(`${JSON.stringify(metadata)}\n`);
} else {
  require('./layers.js');
}
