export { bestAdvice, type ShortAdvice } from './best-advice.js';
