import { formatPlatform, type Platform } from '@layers/core';
import { escapeForTerminal } from './escape.js';

/** Far above the length of a platform in practice. An image may declare one of many megabytes. */
const MAX_LENGTH = 150;

/** Returns a platform as text for people: shortened, and safe to print. */
export function platformText(platform: Platform): string {
  const text = formatPlatform(platform);
  return escapeForTerminal(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
}
