import { formatPlatform, type Platform } from '@layers/core';
import { shortText } from './short-text.js';

/** Far above the length of a platform in practice. */
const MAX_LENGTH = 150;

/** Returns a platform as text for people: shortened, and safe to print. */
export function platformText(platform: Platform): string {
  return shortText(formatPlatform(platform), MAX_LENGTH);
}
