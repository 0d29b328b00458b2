import * as v from 'valibot';
import { FINDING_SEVERITY, type FindingCode } from './codes.js';

/** Makes the schema of a `Finding`. */
export function findingSchema() {
  const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
  const text = v.string();

  const code = v.custom<FindingCode>(
    (value) => typeof value === 'string' && Object.hasOwn(FINDING_SEVERITY, value),
  );

  const place = v.strictObject({
    side: v.exactOptional(v.picklist(['a', 'b'])),
    layer: v.exactOptional(whole),
    path: v.exactOptional(text),
    pathBase64: v.exactOptional(text),
    file: v.exactOptional(text),
    digest: v.exactOptional(text),
    offset: v.exactOptional(whole),
    images: v.exactOptional(v.array(text)),
  });

  return v.strictObject({
    code,
    severity: v.picklist(['note', 'warning', 'error']),
    message: text,
    place: v.exactOptional(place),
  });
}
