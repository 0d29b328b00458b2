// CI must give the same result for the same sources: properties start from one seed. Long runs (LAYERS_LONG=1) start
// from a random seed. LAYERS_SEED sets a seed.
import fc from 'fast-check';

const given = process.env['LAYERS_SEED'];
if (given !== undefined) fc.configureGlobal({ seed: Number(given) });
else if (process.env['LAYERS_LONG'] !== '1') fc.configureGlobal({ seed: 20_260_921 });
