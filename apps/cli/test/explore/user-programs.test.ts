import { expect, it } from 'vitest';
import { editorOf, pagerOf } from '../../src/explore/user-programs.ts';

it('takes the pager of the user, with its arguments; cat is none', () => {
  expect(pagerOf({ PAGER: 'less -R' })).toEqual({ line: 'less -R', name: 'less -R' });
  expect(pagerOf({ PAGER: 'cat' })).toBe(null);
  for (const env of [{}, { PAGER: '' }, { PAGER: '  ' }]) expect(pagerOf(env)?.line).toContain('exec less');
});

it('takes the editor of the user as git does, and never puts the file into what the shell reads', () => {
  expect(editorOf({ VISUAL: 'code --wait', EDITOR: 'nano' }).line).toBe('code --wait "$@"');
  expect(editorOf({ VISUAL: '', EDITOR: 'nano' }).line).toBe('nano "$@"');
  expect(editorOf({}).line).toBe('vi "$@"');
});
