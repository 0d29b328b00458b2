export { withFolderLock } from './folder-lock.js';
