// The theme without its fonts: the site makes no request to other hosts, and pages are shown in the fonts of the system.
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default DefaultTheme;
