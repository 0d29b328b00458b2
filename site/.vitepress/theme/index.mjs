// The theme without its fonts: the site makes no request to other hosts, and pages are shown in the fonts of the system.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import { Where } from './where.mjs';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-before': () => h(Where) }),
};
