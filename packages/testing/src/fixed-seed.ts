// A gate must say the same of the same sources: usual runs start from one seed, long ones
// (LAYERS_LONG=1) from any, or from the one in LAYERS_SEED.
import fc from 'fast-check';

const given = process.env['LAYERS_SEED'];
if (given !== undefined) fc.configureGlobal({ seed: Number(given) });
else if (process.env['LAYERS_LONG'] !== '1') fc.configureGlobal({ seed: 20_260_921 });
