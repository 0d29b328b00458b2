import { render } from 'preact';
import { decodeFleet } from '../../data/fleet/encode-fleet.js';
import { startPage } from '../start-page.js';
import { FleetReport } from './fleet-report.js';

void startPage((bytes, element) => {
  const facts = decodeFleet(bytes);
  element.replaceChildren();
  render(<FleetReport facts={facts} />, element);
});
