import { useData, withBase } from 'vitepress';
import { h } from 'vue';

/** Says above a page what the site is about and to which part the page belongs, for who comes from a search engine. */
export const Where = {
  setup() {
    const { theme, page } = useData();
    return () => {
      const link = `/${page.value.relativePath.replace(/(?:(^|\/)index)?\.md$/, '$1')}`;
      const part = theme.value.parts.find(({ items }) => items.some((item) => item.link === link));
      return h('p', { class: 'where' }, [
        h('a', { href: withBase('/') }, 'layers'),
        ': container images as files',
        part === undefined ? '' : ` › ${part.text}`,
      ]);
    };
  },
};
